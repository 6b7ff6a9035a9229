package org.kobako.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TftpConfigTest {
  private static TftpConfig with(
      int port, int firstTransferPort, int maxTransfers, int perMachine, int packet, int window) {
    TftpConfig defaults = TftpConfig.defaults();
    return new TftpConfig(
        defaults.listenAddress(),
        port,
        firstTransferPort,
        maxTransfers,
        perMachine,
        packet,
        window,
        defaults.retransmitAfter(),
        defaults.giveUpAfter());
  }

  @Test
  void theDefaultIsPort69OfEveryAddress() {
    assertThat(TftpConfig.defaults().port()).isEqualTo(69);
    assertThat(TftpConfig.defaults().listenAddress().isAnyLocalAddress()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "-1;0;64;8;1468;64;port -1 is refused: allowed are 0 to 65535",
        "65536;0;64;8;1468;64;port 65536 is refused: allowed are 0 to 65535",
        "69;0;0;1;1468;64;max-transfers 0 is refused: allowed are 1 to 1024",
        "69;0;1025;8;1468;64;max-transfers 1025 is refused: allowed are 1 to 1024",
        "69;65500;64;8;1468;64;first-transfer-port 65500 is refused: allowed are 0 to 65472",
        "69;0;64;65;1468;64;max-transfers-per-machine 65 is refused: allowed are 1 to 64",
        "69;0;64;8;511;64;max-packet-size 511 is refused: allowed are 512 to 65464",
        "69;0;64;8;65465;64;max-packet-size 65465 is refused: allowed are 512 to 65464",
        "69;0;64;8;1468;0;max-window 0 is refused: allowed are 1 to 1024",
        "69;0;64;8;1468;1025;max-window 1025 is refused: allowed are 1 to 1024",
        "7000;6990;64;8;1468;64;first-transfer-port 6990 is refused: the 64 ports from it on"
            + " contain port 7000, where requests come in",
      })
  void whatIsNotAllowedIsRefusedWithItsNameAndRange(
      int port, int first, int transfers, int perMachine, int packet, int window, String reason) {
    assertThatThrownBy(() -> with(port, first, transfers, perMachine, packet, window))
        .hasMessage(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "99,30000,retransmit-after 99 ms",
    "30001,30000,retransmit-after 30001 ms",
    "1000,999,give-up-after 999 ms",
    "1000,255001,give-up-after 255001 ms"
  })
  void timesHaveBounds(long retransmitMs, long giveUpMs, String refused) {
    TftpConfig it = TftpConfig.defaults();
    assertThatThrownBy(() ->
            new TftpConfig(
                it.listenAddress(),
                69,
                0,
                64,
                8,
                1468,
                64,
                Duration.ofMillis(retransmitMs),
                Duration.ofMillis(giveUpMs)))
        .hasMessageStartingWith(refused + " is refused: allowed are ");
  }
}
