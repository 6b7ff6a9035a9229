package org.kobako.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.DnsmasqResolver;
import org.kobako.testing.Peer;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** With a dnsmasq to ask. */
@Tag("interop")
class ForwarderInteropTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private @TempDir Path work;
  private final int port = Peer.freePort();
  private final List<InetSocketAddress> resolvers = new ArrayList<>();
  private Process dnsmasq;
  private long aheadNs;

  @BeforeEach
  void startResolver() throws Exception {
    List<String> options =
        new ArrayList<>(
            List.of("--log-queries", "--local-ttl=10", "--address=/known.test/192.0.2.7"));
    for (char letter = 'a'; letter < 'k'; letter++) {
      options.add("--txt-record=large.test," + String.valueOf(letter).repeat(250));
    }
    dnsmasq = DnsmasqResolver.start(work.resolve("log"), port, options);
    resolvers.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  @AfterEach
  void stopResolver() {
    Peer.stop(dnsmasq);
  }

  private Forwarder forwarder() {
    return new Forwarder(
        () -> resolvers, TIMEOUT, new ReplyCache(10), () -> System.nanoTime() + aheadNs);
  }

  private static Message query(String name, int type) {
    return Message.newQuery(Record.newRecord(Name.fromConstantString(name), type, DClass.IN));
  }

  private static Message ask(Forwarder forwarder, Message query) throws Exception {
    Message reply = forwarder.ask(query).toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertThat(reply.getHeader().getID()).isEqualTo(query.getHeader().getID());
    assertThat(reply.getHeader().getFlag(Flags.QR)).isTrue();
    assertThat(reply.getHeader().getFlag(Flags.RA)).isTrue();
    assertThat(reply.getQuestion()).isEqualTo(query.getQuestion());
    return reply;
  }

  private long asked(String name) throws Exception {
    return Files.readAllLines(work.resolve("log")).stream()
        .filter(line -> line.contains("query[A] " + name))
        .count();
  }

  private static List<String> answers(Message reply) {
    return reply.getSection(Section.ANSWER).stream().map(Record::rdataToString).toList();
  }

  @Test
  void whatIsKnownIsAskedForOnceHoweverManyWantToKnow() throws Exception {
    Forwarder forwarder = forwarder();
    List<CompletionStage<Message>> replies = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      replies.add(forwarder.ask(query("known.test.", Type.A)));
    }
    for (CompletionStage<Message> reply : replies) {
      assertThat(answers(reply.toCompletableFuture().get(20, TimeUnit.SECONDS)))
          .containsExactly("192.0.2.7");
    }
    assertThat(answers(ask(forwarder, query("KNOWN.test.", Type.A)))).containsExactly("192.0.2.7");
    assertThat(asked("known.test")).isEqualTo(1);
  }

  @Test
  void aReplyThatFitsNoDatagramComesByTcp() throws Exception {
    Message reply = ask(forwarder(), query("large.test.", Type.TXT));
    assertThat(reply.toWire().length).isGreaterThan(Forwarder.UDP_BYTES);
    assertThat(reply.getHeader().getFlag(Flags.TC)).isFalse();
  }

  /** RFC 5452: whoever wants to be taken for the resolver must guess both. */
  @Test
  void everyQuestionComesFromAnotherPortWithAnotherNumber() throws Exception {
    Set<Integer> ports = new HashSet<>();
    Set<Integer> numbers = new HashSet<>();
    int questions = 20;
    try (DatagramSocket resolver =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      resolvers.clear();
      resolvers.add((InetSocketAddress) resolver.getLocalSocketAddress());
      Forwarder forwarder = forwarder();
      for (int i = 0; i < questions; i++) {
        forwarder.ask(query("name%d.test.".formatted(i), Type.A));
        DatagramPacket datagram = new DatagramPacket(new byte[512], 512);
        resolver.receive(datagram);
        ports.add(datagram.getPort());
        numbers.add(
            new Message(Arrays.copyOf(datagram.getData(), datagram.getLength()))
                .getHeader()
                .getID());
      }
    }
    assertThat(ports).hasSizeGreaterThan(questions * 3 / 4);
    assertThat(numbers).hasSizeGreaterThan(questions * 3 / 4);
  }

  @Test
  void aResolverThatIsSilentIsPassedOver() throws Exception {
    resolvers.addFirst(new InetSocketAddress(InetAddress.getLoopbackAddress(), Peer.freePort()));
    Forwarder forwarder = forwarder();
    assertThat(answers(ask(forwarder, query("known.test.", Type.A)))).containsExactly("192.0.2.7");
    long begunNs = System.nanoTime();
    assertThat(answers(ask(forwarder, query("a.known.test.", Type.A))))
        .containsExactly("192.0.2.7");
    assertThat(Duration.ofNanos(System.nanoTime() - begunNs)).isLessThan(TIMEOUT);
  }

  @Test
  void whenNobodyAnswersOldRepliesAreGivenAndElseAFailure() throws Exception {
    Forwarder forwarder = forwarder();
    ask(forwarder, query("known.test.", Type.A));
    Peer.stop(dnsmasq);
    aheadNs = TimeUnit.SECONDS.toNanos(11);
    Message stale = ask(forwarder, query("known.test.", Type.A));
    assertThat(answers(stale)).containsExactly("192.0.2.7");
    assertThat(stale.getSection(Section.ANSWER).getFirst().getTTL())
        .isEqualTo(ReplyCache.STALE_TTL_SECONDS);
    assertThat(ask(forwarder, query("other.test.", Type.A)).getRcode()).isEqualTo(Rcode.SERVFAIL);
  }
}
