package org.kobako.block.client.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameServersTest {
  @Test
  void addressesAreReadWithAndWithoutPorts() {
    assertThat(NameServers.parse("10.0.0.1,10.0.0.2:5353,fd00::1,[fd00::2]:53").now())
        .containsExactly(
            at("10.0.0.1", 53), at("10.0.0.2", 5353), at("fd00::1", 53), at("fd00::2", 53));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "box1",
        "10.0.0.1:",
        "10.0.0.1:0x35",
        "10.0.0.1:70000",
        "[fd00::1",
        "1,2,3,4,5"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> NameServers.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("refused: expected");
  }

  @Test
  void theSystemsServersAreReadAnewWhenTheirFileChanges(@TempDir Path temp) throws IOException {
    Path file = temp.resolve("resolv.conf");
    NameServers servers = NameServers.in(file);
    assertThat(servers.now()).isEmpty();
    Files.writeString(
        file, "# by DHCP\nsearch boot.kobako\nnameserver 10.0.0.1\n nameserver\t10.0.0.2 x\n");
    assertThat(servers.now()).containsExactly(at("10.0.0.1", 53), at("10.0.0.2", 53));
    Files.writeString(file, "nameserver 10.0.0.3\n");
    assertThat(servers.now()).containsExactly(at("10.0.0.3", 53));
  }

  @Test
  void aMalformedLineIsPassedOver(@TempDir Path temp) throws IOException {
    Path file = temp.resolve("resolv.conf");
    Files.writeString(
        file, "nameserver 10.0.0.1\nnameserver no.address\nnameserver\nnameserver fd00::1\n");
    assertThat(NameServers.in(file).now()).containsExactly(at("10.0.0.1", 53), at("fd00::1", 53));
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }
}
