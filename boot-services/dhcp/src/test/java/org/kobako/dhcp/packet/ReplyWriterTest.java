package org.kobako.dhcp.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kobako.dhcp.RequestBuilder.discover;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.kobako.dhcp.ReplyView;
import org.kobako.dhcp.address.Ipv4Address;

class ReplyWriterTest {
  private static final Ipv4Address BOX = Ipv4Address.of("10.0.0.1");
  private static final String MAC = "52:54:00:00:00:01";

  @Test
  void aReplyIsNeverShorterThanBootps() {
    assertThat(offer(discover(MAC).packet()).end().remaining()).isEqualTo(ReplyWriter.MIN_BYTES);
  }

  @Test
  void identifiersAreRepeatedAndTheRelayAgentsComesLast() {
    DhcpPacket request =
        discover(MAC).option(82, "circuit").option(61, "client").option(97, "uuid").packet();

    ReplyView reply = ReplyView.of(offer(request).option(15, "kobako").end());

    assertThat(reply.options().keySet()).containsExactly(53, 54, 15, 61, 97, 82);
    assertThat(reply.text(82)).isEqualTo("circuit");
  }

  @Test
  void aLongOptionIsWrittenInPieces() {
    DhcpPacket request = discover(MAC).option(57, (byte) 5, (byte) 0xc0).packet();

    ByteBuffer reply = offer(request).option(67, "u".repeat(300)).end();

    assertThat(reply.get(249) & 0xff).isEqualTo(67);
    assertThat(ReplyView.of(reply).text(67)).isEqualTo("u".repeat(300));
  }

  @Test
  void whatHasNoRoomIsLeftOutWhole() {
    DhcpPacket request = discover(MAC).option(61, new byte[255]).packet();

    ByteBuffer reply = offer(request).option(67, "u".repeat(255)).option(15, "kobako").end();

    assertThat(reply.remaining()).isLessThanOrEqualTo(576);
    assertThat(ReplyView.of(reply).options().keySet()).containsExactly(53, 54, 15, 61);
  }

  @Test
  void aMachineThatTakesMoreThanAFrameGetsAFrame() {
    DhcpPacket request = discover(MAC).option(57, (byte) 0xff, (byte) 0).packet();
    ReplyWriter reply = offer(request);
    for (int i = 0; i < 100; i++) {
      reply.option(200, new byte[100]);
    }

    assertThat(reply.end().remaining()).isBetween(1350, DhcpPacket.MAX_BYTES);
  }

  @Test
  void theLargestIdentifiersLeaveRoomForTheAddress() {
    DhcpPacket request =
        discover(MAC)
            .option(61, new byte[255])
            .option(97, new byte[255])
            .option(82, new byte[255])
            .packet();

    ReplyView reply =
        ReplyView.of(
            offer(request)
                .optionSeconds(51, 3600)
                .optionSeconds(58, 1800)
                .optionSeconds(59, 3150)
                .option(1, BOX)
                .end());

    assertThat(reply.options().keySet()).containsExactly(53, 54, 51, 58, 59, 1, 61, 97, 82);
  }

  private static ReplyWriter offer(DhcpPacket request) {
    return new ReplyWriter(request, MessageType.OFFER, BOX);
  }
}
