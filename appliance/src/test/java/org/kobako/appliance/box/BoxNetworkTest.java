package org.kobako.appliance.box;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BoxNetworkTest {
  private static final BoxNetwork ETH0 = network("eth0", "192.168.1.2");
  private static final BoxNetwork ETH1 = network("eth1", "10.0.0.1");

  private static BoxNetwork network(String name, String address) {
    return new BoxNetwork(name, Inet4Address.ofLiteral(address), 24);
  }

  private static BoxNetwork.Choice choose(List<BoxNetwork> networks, String name, String listen) {
    return BoxNetwork.choose(
        networks,
        Optional.of(name).filter(it -> !it.isEmpty()),
        listen.isEmpty() ? null : InetAddress.ofLiteral(listen));
  }

  @Test
  void theOnlyNetworkIsTaken() {
    assertThat(choose(List.of(ETH0), "", "")).isEqualTo(new BoxNetwork.Choice.Found(ETH0));
    assertThat(choose(List.of(ETH0), "", "0.0.0.0")).isEqualTo(new BoxNetwork.Choice.Found(ETH0));
  }

  @Test
  void ofSeveralTheNamedOneIsTaken() {
    assertThat(choose(List.of(ETH0, ETH1), "eth1", ""))
        .isEqualTo(new BoxNetwork.Choice.Found(ETH1));
    assertThat(choose(List.of(ETH0, ETH1), "", "10.0.0.1"))
        .isEqualTo(new BoxNetwork.Choice.Found(ETH1));
  }

  @Test
  void amongSeveralTheBoxDoesNotGuess() {
    assertThat(choose(List.of(ETH0, ETH1), "", ""))
        .isEqualTo(
            new BoxNetwork.Choice.None(
                "there are several networks, eth0 192.168.1.2/24, eth1 10.0.0.1/24: name one as"
                    + " network.interface, or its address as http.listen"));
  }

  @Test
  void noneIsSaidWithWhatToDo() {
    assertThat(choose(List.of(), "", ""))
        .isEqualTo(
            new BoxNetwork.Choice.None(
                "no interface is up with an IPv4 address: give one an address"));
    assertThat(choose(List.of(ETH0), "wlan0", ""))
        .isEqualTo(
            new BoxNetwork.Choice.None(
                "interface wlan0 is not up with an IPv4 address: give it one"));
  }
}
