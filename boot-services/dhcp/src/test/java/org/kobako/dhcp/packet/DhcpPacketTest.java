package org.kobako.dhcp.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kobako.dhcp.RequestBuilder.discover;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.dhcp.RequestBuilder;

class DhcpPacketTest {
  private static final String MAC = "52:54:00:00:00:01";
  private static final int FILE_OFFSET = 108;
  private static final int SNAME_OFFSET = 44;

  @Test
  void readsWhatOvmfSends() {
    DhcpPacket packet = RequestBuilder.packet(RequestBuilder.captured("ovmf-pxe-request"));

    assertThat(packet.type()).isEqualTo(MessageType.REQUEST);
    assertThat(packet.xid()).isEqualTo(0xf90e8cae);
    assertThat(packet.mac()).hasToString("52:54:00:00:00:03");
    assertThat(packet.wantsBroadcast()).isTrue();
    assertThat(packet.text(OptionCode.VENDOR_CLASS)).isEqualTo("PXEClient:Arch:00007:UNDI:003000");
    assertThat(packet.number(OptionCode.MAX_MESSAGE_LENGTH)).isEqualTo(65280);
    assertThat(packet.address(OptionCode.REQUESTED_ADDRESS).orElseThrow())
        .hasToString("10.77.0.102");
    assertThat(packet.asksFor(OptionCode.BOOT_FILE_NAME)).isTrue();
    assertThat(packet.asksFor(119)).isFalse();
  }

  @Test
  void longOptionsAreJoined() {
    byte[] first = "a".repeat(255).getBytes(StandardCharsets.US_ASCII);
    DhcpPacket packet =
        discover(MAC).option(60, first).option(12, "host").option(60, "bcd").packet();

    assertThat(packet.text(60)).isEqualTo("a".repeat(255) + "bcd");
    assertThat(packet.text(12)).isEqualTo("host");
  }

  @Test
  void overloadedFieldsGoOnBehindTheOptions() {
    DhcpPacket packet =
        discover(MAC)
            .option(OptionCode.OVERLOAD, (byte) 3)
            .option(60, "one-")
            .headerBytes(
                SNAME_OFFSET,
                (byte) 60,
                (byte) 5,
                (byte) 't',
                (byte) 'h',
                (byte) 'r',
                (byte) 'e',
                (byte) 'e',
                (byte) 255)
            .headerBytes(
                FILE_OFFSET,
                (byte) 60,
                (byte) 4,
                (byte) 't',
                (byte) 'w',
                (byte) 'o',
                (byte) '-',
                (byte) 12,
                (byte) 1,
                (byte) 'h',
                (byte) 255)
            .packet();

    assertThat(packet.text(60)).isEqualTo("one-two-three");
    assertThat(packet.text(12)).isEqualTo("h");
  }

  @Test
  void fieldsAreNoOptionsWithoutOverload() {
    DhcpPacket packet =
        discover(MAC).headerBytes(FILE_OFFSET, (byte) 12, (byte) 1, (byte) 'h').packet();

    assertThat(packet.has(12)).isFalse();
  }

  @Test
  void anOverloadInsideAnOverloadedFieldIsNotFollowed() {
    DhcpPacket packet =
        discover(MAC)
            .option(OptionCode.OVERLOAD, (byte) 1)
            .headerBytes(FILE_OFFSET, (byte) 52, (byte) 1, (byte) 3, (byte) 255)
            .headerBytes(SNAME_OFFSET, (byte) 12, (byte) 1, (byte) 'h', (byte) 255)
            .packet();

    assertThat(packet.has(12)).isFalse();
  }

  @Test
  void anOptionThatIsCutOffIsRefused() {
    assertMalformed(discover(MAC).raw(60, 200, 'a').bytes(), "option 60 is cut off");
  }

  @Test
  void anOptionCutOffInTheFileFieldIsRefused() {
    byte[] bytes =
        discover(MAC)
            .option(OptionCode.OVERLOAD, (byte) 1)
            .headerBytes(FILE_OFFSET, (byte) 60, (byte) 127)
            .bytes();

    assertMalformed(bytes, "option 60 is cut off");
  }

  @Test
  void aMissingEndIsForgiven() {
    byte[] bytes = discover(MAC).bytes();

    assertThat(RequestBuilder.packet(Arrays.copyOf(bytes, bytes.length - 1)).type())
        .isEqualTo(MessageType.DISCOVER);
  }

  @Test
  void everyPrefixOfARealPacketIsReadOrRefused() {
    byte[] whole = RequestBuilder.captured("ipxe-bios-discover");
    DhcpPacket packet = new DhcpPacket();
    int refused = 0;
    for (int length = 0; length < whole.length; length++) {
      try {
        packet.wrap(ByteBuffer.wrap(whole, 0, length));
      } catch (MalformedPacketException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(240).isLessThan(whole.length);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 255})
  void aMessageTypeThatIsNoneIsRefused(int type) {
    assertMalformed(new RequestBuilder(type, MAC).bytes(), "no message type");
  }

  @Test
  void repliesAndOtherHardwareAreRefused() {
    assertMalformed(discover(MAC).headerByte(0, 2).bytes(), "not a request");
    assertMalformed(discover(MAC).headerByte(2, 16).bytes(), "not from an Ethernet machine");
    assertMalformed(discover("00:00:00:00:00:00").bytes(), "not from an Ethernet machine");
    assertMalformed(discover(MAC).headerByte(236, 0).bytes(), "BOOTP");
    assertMalformed(new byte[1500], "longer than a frame");
  }

  @Test
  void identifiersThatWouldFillTheReplyAreRefused() {
    assertMalformed(
        discover(MAC).option(82, new byte[255]).option(82, new byte[1]).bytes(), "option 82");
  }

  private static void assertMalformed(byte[] bytes, String why) {
    assertThatThrownBy(() -> new DhcpPacket().wrap(ByteBuffer.wrap(bytes)))
        .isInstanceOf(MalformedPacketException.class)
        .hasMessageContaining(why);
  }
}
