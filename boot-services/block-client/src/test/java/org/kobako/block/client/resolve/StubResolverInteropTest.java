package org.kobako.block.client.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.DnsmasqResolver;
import org.kobako.testing.Peer;

/** Names that dnsmasq knows. */
@Tag("interop")
@Timeout(60)
class StubResolverInteropTest {
  @TempDir Path temp;

  @Test
  void dnsmasqsAnswersAreUnderstood() throws IOException {
    int port = Peer.freePort();
    Process dnsmasq =
        DnsmasqResolver.start(
            temp.resolve("dnsmasq.log"),
            port,
            List.of(
                "--local=/kobako/",
                "--local-ttl=3",
                "--host-record=box1.boot.kobako,10.0.0.1",
                "--host-record=box2.boot.kobako,fd00::2",
                "--cname=disk1.boot.kobako,box1.boot.kobako"));
    try {
      StubResolver resolver = new StubResolver(NameServers.parse("127.0.0.1:" + port));
      Addresses three = new Addresses(List.of(at("10.0.0.1")), Duration.ofSeconds(3));
      assertThat(resolver.lookup("box1.boot.kobako")).isEqualTo(three);
      assertThat(resolver.lookup("Disk1.boot.kobako")).isEqualTo(three);
      assertThat(resolver.lookup("box2.boot.kobako").inOrder()).containsExactly(at("fd00::2"));
      assertThat(resolver.lookup("box3.boot.kobako").inOrder()).isEmpty();
    } finally {
      Peer.stop(dnsmasq);
    }
  }

  private static InetAddress at(String address) {
    return InetAddress.ofLiteral(address);
  }
}
