package org.kobako.dhcp.service;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.kobako.dhcp.ReplyView;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;
import org.kobako.dhcp.packet.DhcpPacket;
import org.kobako.dhcp.packet.MalformedPacketException;

/** Whatever arrives: it is refused, or answered with a whole reply to the machine that asked. */
class DhcpFuzzTest {
  private static final Ipv4Address BOX = Ipv4Address.of(TestBox.ADDRESS);
  private static final InetSocketAddress FROM =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 68);

  @FuzzTest(maxDuration = "60s")
  void everyAnswerIsWhole(byte[] datagram) {
    TestBox box = new TestBox("10.0.0.100-10.0.0.103");
    ProxyService proxy = new ProxyService(TestBox.firstFiles(), machine -> {});
    DhcpPacket packet;
    try {
      packet = new DhcpPacket().wrap(ByteBuffer.wrap(datagram));
    } catch (MalformedPacketException refused) {
      return;
    }
    for (boolean alone : new boolean[] {true, false}) {
      validate(
          box.service().answer(packet, new Arrival(BOX, Subnet.of("10.0.0.0/24"), alone)), packet);
    }
    validate(proxy.answer(packet, BOX), packet);
    validate(proxy.answerBootServer(packet, BOX, FROM), packet);
  }

  private static void validate(Answer answer, DhcpPacket request) {
    switch (answer) {
      case Answer.Reply reply -> validate(reply, request);
      case Answer.Grant grant -> validate(grant.ack(), request);
      case Answer.Note note -> {
        if (!note.lease().client().mac().equals(request.mac())) {
          throw new AssertionError(note + " is of another machine");
        }
      }
      case Answer.Silence silence -> {
        // Nothing to look at.
      }
    }
  }

  private static void validate(Answer.Reply answer, DhcpPacket request) {
    ReplyView reply = ReplyView.of(answer.bytes());
    if (reply.bytes().get(0) != 2
        || reply.bytes().getInt(4) != request.xid()
        || reply.type() != answer.type().ordinal() + 1
        || reply.bytes().limit() > DhcpPacket.MAX_BYTES
        || !reply.address(54).equals(TestBox.ADDRESS)) {
      throw new AssertionError("malformed reply to " + request.type());
    }
  }
}
