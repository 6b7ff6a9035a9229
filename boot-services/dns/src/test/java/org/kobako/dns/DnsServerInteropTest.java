package org.kobako.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kobako.dns.balance.Disk;
import org.kobako.testing.Peer;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Asked by dig and kdig, and by what is neither. */
@Tag("interop")
@Timeout(60)
class DnsServerInteropTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int MANY = 60;

  private final DnsConfig config =
      new DnsConfig(
          new InetSocketAddress(LOOPBACK, Peer.freePort()), DnsConfig.USUAL_ZONE, "a", List.of());

  private DnsServer server;

  /** One box for each disk, and for disk 16 more than a datagram has room for. */
  private static final Boxes BOXES =
      new Boxes() {
        @Override
        public List<InetAddress> of(Disk disk) {
          return disk.number() < BootZone.MAX_DISK
              ? List.of(InetAddress.ofLiteral("10.75.0." + disk.number()))
              : IntStream.range(1, MANY + 1)
                  .mapToObj(i -> InetAddress.ofLiteral("10.75.1." + i))
                  .toList();
        }

        @Override
        public List<InetAddress> of(String box) {
          return box.equals("a") ? List.of(InetAddress.ofLiteral("10.75.0.1")) : List.of();
        }

        @Override
        public List<String> names() {
          return List.of("a");
        }
      };

  @BeforeEach
  void start() throws IOException {
    start(new RateLimit(1000, 1000));
  }

  private void start(RateLimit limit) throws IOException {
    server = new DnsServer(config, BOXES, List::of, limit);
    server.bind();
    server.start();
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private String dig(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("dig", "+tries=1", "@127.0.0.1", "-p"));
    command.add(String.valueOf(server.address().getPort()));
    command.addAll(List.of(words));
    return Peer.run(command.toArray(String[]::new)).output();
  }

  @Test
  void digIsAnsweredByUdpAndTcpInTheLettersOfItsQuestion() throws Exception {
    for (String transport : List.of("+notcp", "+tcp")) {
      assertThat(dig(transport, "Disk2.BOOT.kobako"))
          .contains("status: NOERROR", "flags: qr aa rd;", "EDNS: version: 0", "udp: 1232")
          .containsPattern("Disk2\\.BOOT\\.kobako\\.\\s+3\\s+IN\\s+A\\s+10\\.75\\.0\\.2")
          .doesNotContain("WARNING: Message parser");
    }
  }

  @Test
  void kdigIsAnsweredManyTimesOverOneConnection() throws Exception {
    String[] at = {"@127.0.0.1", "-p", String.valueOf(server.address().getPort())};
    String answers =
        Peer.run(
                "kdig",
                "+tcp",
                "+keepopen",
                "-q",
                "disk1.boot.kobako",
                at[0],
                at[1],
                at[2],
                "-q",
                "disk2.boot.kobako",
                at[0],
                at[1],
                at[2])
            .output();
    assertThat(answers).contains("10.75.0.1", "10.75.0.2");
  }

  @Test
  void whatThereIsNotIsToldApart() throws Exception {
    assertThat(dig("nobody.boot.kobako")).contains("status: NXDOMAIN", "SOA\tbox-a.boot.kobako.");
    assertThat(dig("disk1.boot.kobako", "AAAA")).contains("status: NOERROR", "ANSWER: 0", "SOA");
    assertThat(dig("boot.kobako", "AXFR")).contains("Transfer failed");
    assertThat(dig("version.bind", "CH", "TXT")).contains("status: REFUSED");
    assertThat(dig("example.com")).contains("status: REFUSED");
    assertThat(dig("+opcode=notify", "boot.kobako")).contains("status: NOTIMP");
    assertThat(dig("+edns=1", "+noednsnegotiation", "boot.kobako")).contains("status: BADVERS");
    assertThat(dig("+header-only", "boot.kobako")).contains("status: FORMERR");
  }

  @Test
  void anAnswerTooLongForADatagramIsAskedForByTcp() throws Exception {
    assertThat(dig("+ignore", "+noedns", "disk16.boot.kobako")).contains("flags: qr aa tc rd");
    assertThat(dig("+noedns", "disk16.boot.kobako"))
        .contains("Truncated, retrying in TCP mode", "ANSWER: " + MANY);
    assertThat(dig("+bufsize=1232", "disk16.boot.kobako")).contains("ANSWER: " + MANY);
  }

  @Test
  void whatIsNoQuestionIsCountedAndTheNextOneIsAnswered() throws Exception {
    byte[] answer = question("disk1").toWire();
    answer[2] |= (byte) 0x80;
    byte[] torn = question("disk1").toWire();
    torn[12] = 63; // a label longer than all that follows
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server.address());
      for (byte[] datagram : List.of(new byte[1], new byte[11], answer, torn)) {
        socket.send(new DatagramPacket(datagram, datagram.length));
      }
      byte[] room = new byte[512];
      DatagramPacket reply = new DatagramPacket(room, room.length);
      socket.receive(reply);
      assertThat(new Message(Arrays.copyOf(room, reply.getLength())).getRcode())
          .isEqualTo(Rcode.FORMERR);
    }
    assertThat(dig("disk1.boot.kobako")).contains("10.75.0.1");
    assertThat(server.counters().malformed()).isEqualTo(4);
  }

  @Test
  void manyThatOnlyConnectDoNotKeepOthersOut() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        idle.add(new Socket(LOOPBACK, server.address().getPort()));
      }
      try (Socket socket = new Socket(LOOPBACK, server.address().getPort())) {
        byte[] query = question("disk3").toWire();
        for (byte octet : prefixed(query)) {
          socket.getOutputStream().write(octet); // as slowly as can be
        }
        DataInputStream in = new DataInputStream(socket.getInputStream());
        Message reply = new Message(in.readNBytes(in.readUnsignedShort()));
        assertThat(reply.getSection(Section.ANSWER)).singleElement().asString().contains("75.0.3");
      }
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void aFloodFromOneNetworkIsNotAnsweredInFullAndTcpStillIs() throws Exception {
    server.close();
    start(new RateLimit(1, 20));
    byte[] query = question("disk1").toWire();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server.address());
      for (int i = 0; i < 40; i++) {
        socket.send(new DatagramPacket(query, query.length));
      }
      byte[] room = new byte[512];
      int whole = 0;
      Message reply;
      do {
        DatagramPacket packet = new DatagramPacket(room, room.length);
        socket.receive(packet);
        reply = new Message(Arrays.copyOf(room, packet.getLength()));
        whole++;
      } while (!reply.getHeader().getFlag(Flags.TC));
      assertThat(whole).isBetween(20, 30);
      assertThat(reply.getSection(Section.ANSWER)).isEmpty();
    }
    assertThat(dig("+tcp", "disk1.boot.kobako")).contains("10.75.0.1");
  }

  @Test
  void theCheckFailsWhereNobodyAnswers() throws Exception {
    server.check();
    server.close();
    assertThatIOException().isThrownBy(server::check);
  }

  private static Message question(String label) {
    return Message.newQuery(
        Record.newRecord(Name.fromConstantString(label + ".boot.kobako."), Type.A, DClass.IN));
  }

  private static byte[] prefixed(byte[] message) {
    return ByteBuffer.allocate(2 + message.length)
        .putShort((short) message.length)
        .put(message)
        .array();
  }
}
