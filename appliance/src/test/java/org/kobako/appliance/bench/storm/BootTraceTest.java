package org.kobako.appliance.bench.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootTraceTest {
  private static BootTrace parse(String text) throws IOException {
    return BootTrace.parse(new BufferedReader(new StringReader(text)));
  }

  @Test
  void aTraceIsReadAsItIsWritten() throws Exception {
    BootTrace trace =
        new BootTrace(
            "a machine",
            List.of(
                new BootTrace.Request(0, BootTrace.NONE, 7, 539, new BootTrace.BootFile("boot/x")),
                new BootTrace.Request(1, 0, 1_000_000, 4879, new BootTrace.Block(0)),
                new BootTrace.Request(0, 0, 500_000, 60, new BootTrace.Block(1))));
    assertThat(parse(trace.text())).isEqualTo(trace);
    assertThat(trace.bytes()).isEqualTo(539 + 4879 + 60);
    assertThat(trace.connections()).isEqualTo(2);
    assertThat(trace.thinkSeconds()).isEqualTo(1.000_007);
  }

  @Test
  void theBlocksOfATraceWaitForBlocksAlone() throws Exception {
    BootTrace trace =
        parse("0 - 7 539 file boot/x\n1 0 20 100 block 0\n0 0 30 539 file y\n1 1 40 60 block 1\n");
    assertThat(trace.blocksAlone().requests())
        .containsExactly(
            new BootTrace.Request(1, BootTrace.NONE, 0, 100, new BootTrace.Block(0)),
            new BootTrace.Request(1, 0, 40, 60, new BootTrace.Block(1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 0 1 1 block 0", // waits for itself
        "0 - 1 0 block 0",
        "0 - 1 1048577 block 0",
        "0 - -1 1 block 0",
        "1000 - 1 1 block 0",
        "0 - 1 1 file a b",
        "0 - 1 1 cow 0",
        "0 - 1 1"
      })
  void aLineThatIsNoRequestIsRefusedWithItsNumber(String line) {
    assertThatThrownBy(() -> parse("# a machine\n" + line + "\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 2 ")
        .hasMessageContaining(line);
  }

  @Test
  void aTraceWithoutARequestIsNone() {
    assertThatThrownBy(() -> parse("# a machine\n")).hasMessageContaining("no request");
  }

  @Test
  void theTraceOfAPcIsABootToItsLogin() throws Exception {
    BootTrace trace = BootTrace.resource("pc-bios");
    assertThat(trace.requests()).hasSize(371);
    assertThat(trace.requests().getFirst().asked())
        .isInstanceOfSatisfying(
            BootTrace.BootFile.class, file -> assertThat(file.path()).endsWith("/boot.ipxe"));
    assertThat(trace.bytes()).isBetween(50_000_000L, 55_000_000L);
  }
}
