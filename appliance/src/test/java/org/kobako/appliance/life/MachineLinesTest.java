package org.kobako.appliance.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.format.ImageName;
import org.kobako.block.server.MachineReads.Read;
import org.kobako.packer.Retention.InUse;

class MachineLinesTest {
  private static final ImageName DEBIAN = new ImageName("debian");

  private static Read read(String address, long version, int secondsAgo) {
    return new Read(
        InetAddress.ofLiteral(address), DEBIAN, version, Duration.ofSeconds(secondsAgo));
  }

  @Test
  void whatABoxWritesIsReadAndCountedByVersion() {
    List<Read> reads =
        List.of(read("10.0.0.1", 3, 7), read("10.0.0.2", 3, 5), read("fe80::1", 2, 100));

    String text = MachineLines.write(Duration.ofSeconds(3600), reads);
    MachineLines lines = MachineLines.parse(text).orElseThrow();

    assertThat(text).startsWith("up 3600\n10.0.0.1 debian 3 7\n");
    assertThat(lines).isEqualTo(MachineLines.of(Duration.ofSeconds(3600), reads));
    assertThat(lines.inUse())
        .containsExactly(
            new InUse(DEBIAN, 3, 2, Duration.ofSeconds(5)),
            new InUse(DEBIAN, 2, 1, Duration.ofSeconds(100)));
  }

  @Test
  void aBoxIsReliedOnWhenItHasRunForTheGraceOrLongEnoughForAllToAsk() {
    MachineLines young = new MachineLines(Duration.ofSeconds(30), List.of());
    MachineLines old = new MachineLines(Duration.ofMinutes(15), List.of());

    assertThat(young.whyTooEarly(Duration.ofSeconds(30))).isEmpty();
    assertThat(young.whyTooEarly(Duration.ofSeconds(31)))
        .contains(
            "has run for 30 s, and knows after 31 s which versions machines read: try again then");
    assertThat(young.whyTooEarly(Duration.ofHours(24)))
        .hasValueSatisfying(why -> assertThat(why).contains("knows after 900 s"));
    assertThat(old.whyTooEarly(Duration.ofHours(24))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "up -1",
        "up 1\n10.0.0.1 debian 3",
        "up 1\n10.0.0.1 debian 0 3",
        "up 1\n10.0.0.1 ../x 1 3",
        "up 1\n10.0.0.1 debian 1 99999999999999"
      })
  void whatNoBoxWritesIsRefused(String text) {
    assertThat(MachineLines.parse(text)).isEmpty();
  }
}
