package org.kobako.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kobako.heartbeat.Heartbeat.Life;
import org.kobako.heartbeat.RefusedHeartbeatException.Why;
import org.kobako.heartbeat.Report.Assigned;
import org.kobako.heartbeat.Report.Image;

class HeartbeatCodecTest {
  private static final byte[] KEY = "sixteen letters!".getBytes(StandardCharsets.US_ASCII);

  private static final InetAddress FOUR = InetAddress.ofLiteral("10.75.0.1");
  private static final InetAddress SIX = InetAddress.ofLiteral("fd00::1");

  private static final Heartbeat WHOLE =
      new Heartbeat(
          new Life(-1, 2),
          3,
          true,
          List.of(new Life(4, -5)),
          new Report(
              9,
              100,
              true,
              40,
              List.of("tftp"),
              List.of(new Report.Range(FOUR, FOUR), new Report.Range(SIX, SIX)),
              List.of(FOUR, SIX),
              List.of(new Image("debian", 7)),
              List.of(new Assigned(FOUR, 1, 8, 9), new Assigned(SIX, 255, -8, 10))));

  private final HeartbeatCodec codec = new HeartbeatCodec(KEY);
  private final ByteBuffer datagram = ByteBuffer.allocate(HeartbeatCodec.MAX_BYTES);

  private void assertRefused(Why why, ByteBuffer bytes) {
    assertThatExceptionOfType(RefusedHeartbeatException.class)
        .isThrownBy(() -> codec.read(bytes))
        .satisfies(refused -> assertThat(refused.why()).isEqualTo(why));
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    assertThat(codec.write(WHOLE, datagram).images()).isEmpty();
    assertThat(codec.read(datagram)).isEqualTo(WHOLE);
  }

  @Test
  void whatDoesNotFitIsLeftForTheNext() throws Exception {
    List<Image> images = new ArrayList<>();
    for (int version = 1; version <= 100; version++) {
      images.add(new Image("a-name-of-sixty-four-letters-".repeat(3).substring(0, 64), version));
    }
    Heartbeat large =
        new Heartbeat(
            WHOLE.life(),
            1,
            false,
            List.of(),
            new Report(
                0,
                1,
                false,
                0,
                List.of(),
                List.of(),
                List.of(),
                images,
                WHOLE.report().assigned()));
    HeartbeatCodec.Leftover leftover = codec.write(large, datagram);
    Report read = codec.read(datagram).report();
    assertThat(read.assigned()).isEqualTo(WHOLE.report().assigned());
    assertThat(read.images()).hasSizeGreaterThan(15);
    assertThat(read.images()).isEqualTo(images.subList(0, read.images().size()));
    assertThat(leftover.images()).isEqualTo(images.subList(read.images().size(), images.size()));
  }

  @Test
  void oneBitMakesItAForgery() {
    codec.write(WHOLE, datagram);
    for (int bit = 0; bit < datagram.limit() * Byte.SIZE; bit++) {
      ByteBuffer forged = ByteBuffer.wrap(datagram.array().clone()).limit(datagram.limit());
      int at = bit / Byte.SIZE;
      forged.put(at, (byte) (forged.get(at) ^ 1 << bit % Byte.SIZE));
      assertRefused(Why.FORGED, forged);
    }
  }

  @Test
  void whatIsTooShortOrTooLongIsNotEvenLookedAt() {
    for (int length : new int[] {0, 1, 15, 49, HeartbeatCodec.MAX_BYTES + 1}) {
      assertRefused(Why.MALFORMED, ByteBuffer.allocate(length));
    }
  }

  /** By the right key, so that the parser sees it: every end, and every byte changed. */
  @Test
  void aMalformedOneByTheRightKeyIsRefusedOrRead() {
    codec.write(WHOLE, datagram);
    int length = datagram.limit() - SipHash.TAG_BYTES;
    for (int end = 34; end <= length; end++) {
      readOrRefuse(datagram.array().clone(), end);
    }
    for (int at = 0; at < length; at++) {
      for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
        byte[] bytes = datagram.array().clone();
        bytes[at] = (byte) value;
        readOrRefuse(bytes, length);
      }
    }
  }

  private void readOrRefuse(byte[] bytes, int length) {
    byte[] tag = SipHash.tag(KEY, ByteBuffer.wrap(bytes, 0, length));
    ByteBuffer signed = ByteBuffer.allocate(length + tag.length).put(bytes, 0, length).put(tag);
    try {
      assertThat(codec.read(signed.flip()).report().priority()).isBetween(1, Report.MAX_PRIORITY);
    } catch (RefusedHeartbeatException refused) {
      assertThat(refused.why()).isEqualTo(Why.MALFORMED);
    }
  }
}
