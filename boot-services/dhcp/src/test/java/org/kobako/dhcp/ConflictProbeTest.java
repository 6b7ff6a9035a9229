package org.kobako.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;

class ConflictProbeTest {
  private static final Ipv4Address A = Ipv4Address.of("10.0.0.100");
  private static final MacAddress MAC = new MacAddress(7);

  private final Deque<Ipv4Address> wanted = new ArrayDeque<>(List.of(A));
  private final List<String> said = new ArrayList<>();
  private final ConflictProbe probe =
      new ConflictProbe(
          List.of(Subnet.of("10.0.0.0/24")),
          new ConflictProbe.Outcome() {
            @Override
            public Optional<Ipv4Address> next(Subnet link, Set<Ipv4Address> underWay) {
              return Optional.ofNullable(wanted.poll());
            }

            @Override
            public void silent(Ipv4Address address) {
              said.add("silent " + address);
            }

            @Override
            public void inUse(Ipv4Address address, MacAddress by) {
              said.add(address + " by " + by);
            }
          },
          address -> said.add("knock " + address));

  @Test
  void anAddressThatNobodyAnswersForIsSilentAfterFourSeconds() {
    for (int second = 0; second < 4; second++) {
      probe.tick(second, Map.of(), true);
    }
    assertThat(said).containsExactly("knock 10.0.0.100");

    probe.tick(4, Map.of(), true);

    assertThat(said).containsExactly("knock 10.0.0.100", "silent 10.0.0.100");
  }

  @Test
  void anAnswerSaysAtOnceThatTheAddressIsInUse() {
    probe.tick(0, Map.of(), true);
    probe.tick(1, Map.of(A, MAC), true);

    assertThat(said).last().isEqualTo("10.0.0.100 by 00:00:00:00:00:07");
  }

  @Test
  void anEntryFromBeforeTheQuestionIsNoAnswerUntilLinuxHasVerifiedIt() {
    probe.tick(0, Map.of(A, MAC), true);
    probe.tick(14, Map.of(A, MAC), true);
    assertThat(said).hasSize(1);

    probe.tick(15, Map.of(), true);

    assertThat(said).last().isEqualTo("silent 10.0.0.100");
  }

  @Test
  void whileMachinesAskNothingBegins() {
    probe.tick(0, Map.of(), false);

    assertThat(said).isEmpty();
  }

  @Test
  void readsWhatTheKernelSays() {
    assertThat(
            ConflictProbe.neighbours(
                List.of(
                    "IP address       HW type     Flags       HW address            Mask     Device",
                    "10.0.0.100       0x1         0x2         00:00:00:00:00:07     *        eth0",
                    "10.0.0.101       0x1         0x0         00:00:00:00:00:00     *        eth0",
                    "10.0.0.102       0x1         0x6         00:00:00:00:00:08     *        eth0",
                    "")))
        .containsOnlyKeys(A, Ipv4Address.of("10.0.0.102"))
        .containsEntry(A, MAC);
  }
}
