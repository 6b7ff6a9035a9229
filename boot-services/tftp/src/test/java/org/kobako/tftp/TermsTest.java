package org.kobako.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TermsTest {
  private static Terms terms(Options asked) {
    return Terms.of(asked, TftpConfig.defaults(), 1_000_000);
  }

  private static String written(Terms terms) {
    ByteBuffer packet = ByteBuffer.allocate(100);
    terms.writeOptions(packet);
    byte[] bytes = new byte[packet.flip().remaining()];
    packet.get(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1).replace('\0', ' ');
  }

  @Test
  void aMachineGetsThePacketSizeThatItAsksFor() {
    assertThat(terms(new Options(1432, 0, 0, true)).packetBytes()).isEqualTo(1432);
  }

  @Test
  void packetSizeAndWindowAreNoLargerThanOurLimits() {
    Terms terms = terms(new Options(65464, 65535, 0, false));
    assertThat(terms.packetBytes()).isEqualTo(1468);
    assertThat(terms.windowPackets()).isEqualTo(64);
  }

  @Test
  void withoutOptionsThereIsNoOack() {
    assertThat(terms(Options.NONE).hasOptions()).isFalse();
    assertThat(terms(Options.NONE).packetBytes()).isEqualTo(512);
    assertThat(terms(Options.NONE).windowPackets()).isEqualTo(1);
  }

  @Test
  void theOackSaysWhatWasAgreedAndNothingElse() {
    assertThat(written(terms(new Options(1468, 4, 0, true))))
        .isEqualTo(" \u0006blksize 1468 tsize 1000000 windowsize 4 ");
    assertThat(written(terms(new Options(0, 0, 5, false)))).isEqualTo(" \u0006timeout 5 ");
  }

  @Test
  void aTimeThatWeWouldNotWaitIsNotAgreedTo() {
    assertThat(terms(new Options(0, 0, 30, false)).agreed().timeoutSeconds()).isEqualTo(30);
    assertThat(terms(new Options(0, 0, 31, false)).hasOptions()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0,1,0", "1,1,1", "511,1,511", "512,2,0", "513,2,1", "5000000000,9765626,0"})
  void theLastPacketIsShorterThanTheOthers(long lengthBytes, long packets, int lastBytes) {
    Terms terms = new Terms(Options.NONE, lengthBytes);
    assertThat(terms.packets()).isEqualTo(packets);
    assertThat(terms.lengthOf(packets)).isEqualTo(lastBytes);
    assertThat(terms.offsetOf(packets) + lastBytes).isEqualTo(lengthBytes);
  }
}
