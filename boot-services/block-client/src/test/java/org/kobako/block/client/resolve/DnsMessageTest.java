package org.kobako.block.client.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DnsMessageTest {
  private final ByteBuffer question =
      DnsMessage.question(0x1234, "Disk1.kobako", DnsMessage.TYPE_A);
  private final ByteBuffer answer = ByteBuffer.allocate(512).put(question.duplicate());

  @Test
  void aQuestionIsAsRfc1035HasIt() {
    assertThat(question.remaining()).isEqualTo(12 + 14 + 4);
    assertThat(question.getLong(0)).isEqualTo(0x1234_0100_0001_0000L);
    assertThat(new String(question.array(), 12, 14, StandardCharsets.US_ASCII))
        .isEqualTo("\005Disk1\006kobako\0");
    assertThat(question.getInt(26)).isEqualTo(0x0001_0001);
    assertThat(DnsMessage.question(0x1234, "Disk1.kobako.", DnsMessage.TYPE_A)).isEqualTo(question);
  }

  @Test
  void anAliasIsFollowedAndTheLeastTimeCounts() throws MalformedAnswerException {
    record(0xc00c, 5, 7, new byte[] {3, 'b', 'o', 'x', (byte) 0xc0, 18});
    record(0xc02a, 1, 9, new byte[] {10, 0, 0, 1});
    DnsMessage.Answer read = read(2);
    assertThat(read.addresses()).containsExactly(InetAddress.ofLiteral("10.0.0.1"));
    assertThat(read.ttlSeconds()).isEqualTo(7);
  }

  @Test
  void whatBelongsToAnotherNameDoesNotCount() throws MalformedAnswerException {
    record(0xc012, 1, 9, new byte[] {10, 0, 0, 66});
    record(0xc00c, 16, 9, new byte[] {1, 'x'});
    assertThat(read(2).addresses()).isEmpty();
  }

  @Test
  void aNameThatPointsToItselfIsRefused() {
    record(0xc000 | question.remaining(), 1, 9, new byte[] {10, 0, 0, 1});
    assertThatThrownBy(() -> read(1))
        .isInstanceOf(MalformedAnswerException.class)
        .hasMessageContaining("points forward");
  }

  @Test
  void anAddressOfAnotherLengthIsRefused() {
    record(0xc00c, 1, 9, new byte[] {10, 0, 0, 1, 0});
    assertThatThrownBy(() -> read(1)).isInstanceOf(MalformedAnswerException.class);
  }

  @Test
  void recordsThatAreAnnouncedAndNotThereAreRefused() {
    assertThatThrownBy(() -> read(3)).isInstanceOf(MalformedAnswerException.class);
  }

  private void record(int owner, int type, int ttl, byte[] data) {
    answer.putShort((short) owner).putShort((short) type).putShort((short) 1);
    answer.putInt(ttl).putShort((short) data.length).put(data);
  }

  private DnsMessage.Answer read(int records) throws MalformedAnswerException {
    answer.putShort(2, (short) 0x8180).putShort(6, (short) records);
    return DnsMessage.answer(answer.duplicate().flip(), question);
  }
}
