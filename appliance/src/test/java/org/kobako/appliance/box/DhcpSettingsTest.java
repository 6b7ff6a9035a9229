package org.kobako.appliance.box;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;
import org.kobako.dhcp.config.DhcpConfig;
import org.kobako.dhcp.config.SubnetConfig;

class DhcpSettingsTest {
  private static final BoxNetwork NETWORK =
      new BoxNetwork("eth0", Inet4Address.ofLiteral("10.75.0.1"), 24);
  private static final Ipv4Address BOX = Ipv4Address.of("10.75.0.1");
  private static final Ipv4Address ANOTHER = Ipv4Address.of("10.75.0.254");

  private static List<SubnetConfig> subnets(DhcpSettings.Link own, boolean isRouter) {
    DhcpSettings usual = DhcpSettings.DEFAULTS;
    DhcpConfig config =
        new DhcpSettings(
                usual.mode(),
                own,
                List.of(
                    new DhcpSettings.Relayed(Subnet.of("10.1.0.0/24"), DhcpSettings.Link.DEFAULTS)),
                List.of(),
                usual.leaseTime(),
                1,
                1,
                usual.takeoverTime())
            .on(NETWORK, isRouter, Path.of("leases"));
    return config.subnets();
  }

  @Test
  void aRouterIsTheWayOutOfItsOwnNetworkOnly() {
    List<SubnetConfig> subnets = subnets(DhcpSettings.Link.DEFAULTS, true);

    assertThat(subnets.getFirst().routers()).containsExactly(BOX);
    assertThat(subnets.getLast().routers()).isEmpty();
  }

  @Test
  void aBoxThatRoutesNothingNamesNoRouter() {
    assertThat(subnets(DhcpSettings.Link.DEFAULTS, false).getFirst().routers()).isEmpty();
  }

  @Test
  void theConfigurationsRoutersGoBeforeTheBoxItself() {
    DhcpSettings.Link own =
        new DhcpSettings.Link(
            Optional.empty(), List.of(ANOTHER), List.of(), List.of(), Optional.empty());

    assertThat(subnets(own, true).getFirst().routers()).containsExactly(ANOTHER);
  }
}
