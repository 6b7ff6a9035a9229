package org.kobako.dhcp.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.Ipv4Address;

class ServerQuestionTest {
  private static final Ipv4Address OTHER = Ipv4Address.of("10.0.0.9");
  private static final Ipv4Address FREE = Ipv4Address.of("10.0.0.100");

  private final ServerQuestion question =
      new ServerQuestion(0x1234, new MacAddress(7), "kobako-box");

  @Test
  void itIsADiscoverAsMachinesAndRelayAgentsSendIt() throws MalformedPacketException {
    DhcpPacket packet = new DhcpPacket().wrap(question.ask(FREE));

    assertThat(packet.type()).isEqualTo(MessageType.DISCOVER);
    assertThat(packet.wantsBroadcast()).isTrue();
    assertThat(packet.relay()).isEqualTo(FREE);
    assertThat(packet.text(OptionCode.VENDOR_CLASS)).isEqualTo("kobako-box");
  }

  @Test
  void itTellsWhoAsks() {
    assertThat(ServerQuestion.askedIn(question.ask(OTHER), "kobako-box")).contains(OTHER);
    assertThat(ServerQuestion.askedIn(question.ask(OTHER), "another")).isEmpty();
    assertThat(ServerQuestion.askedIn(question.ask(Ipv4Address.NONE), "kobako-box")).isEmpty();
    assertThat(ServerQuestion.askedIn(question.ask(OTHER).slice(0, 239), "kobako-box")).isEmpty();
  }

  @Test
  void anOfferNamesItsServer() throws MalformedPacketException {
    assertThat(question.serverIn(offer(FREE))).contains(OTHER);
  }

  @Test
  void aProxysOfferIsNoAddress() throws MalformedPacketException {
    assertThat(question.serverIn(offer(Ipv4Address.NONE))).isEmpty();
  }

  @Test
  void offersToOthersAreNoAnswer() throws MalformedPacketException {
    assertThat(new ServerQuestion(0x4321, new MacAddress(7), "").serverIn(offer(FREE))).isEmpty();
  }

  @Test
  void offersThatAreCutOffAreNoAnswer() throws MalformedPacketException {
    ByteBuffer whole = offer(FREE);
    int end = 240 + 3 + 6; // behind type and server
    for (int length = 0; length < end; length++) {
      assertThat(question.serverIn(whole.slice(0, length))).isEmpty();
    }
  }

  private ByteBuffer offer(Ipv4Address address) throws MalformedPacketException {
    DhcpPacket asked = new DhcpPacket().wrap(question.ask(Ipv4Address.NONE));
    return new ReplyWriter(asked, MessageType.OFFER, OTHER).machine(address).end();
  }
}
