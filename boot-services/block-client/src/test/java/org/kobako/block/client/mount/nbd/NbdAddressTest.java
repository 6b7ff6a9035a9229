package org.kobako.block.client.mount.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NbdAddressTest {
  @Test
  void hostAndPortAreRead() {
    assertThat(NbdAddress.parse("localhost:10809"))
        .isEqualTo(new NbdAddress.Tcp("localhost", 10809));
    assertThat(NbdAddress.parse("[::1]:0")).isEqualTo(new NbdAddress.Tcp("::1", 0));
  }

  @Test
  void socketFileIsReadWithItsColons() {
    assertThat(NbdAddress.parse("unix:/run/a:1.sock"))
        .isEqualTo(new NbdAddress.UnixSocket(Path.of("/run/a:1.sock")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:10809", "[::1]:1", "unix:/run/nbd.sock", "0.0.0.0:0"})
  void textIsTheCommandLineForm(String text) {
    assertThat(NbdAddress.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "10809",
        "host",
        "host:",
        ":10809",
        "::1:10809",
        "host:70000",
        "host:-1",
        "host:+1",
        "host:99999999999",
        "host:1x",
        "unix:",
        "unix:a\0b",
        "[]:1"
      })
  void anythingElseIsRefusedByName(String text) {
    assertThatThrownBy(() -> NbdAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is refused: ");
  }

  @Test
  void uriIsWhatNbdToolsTake() {
    assertThat(NbdAddress.parse("[::1]:5").uri()).isEqualTo("nbd://[::1]:5");
    assertThat(NbdAddress.parse("unix:/run/my disk&.sock").uri())
        .isEqualTo("nbd+unix:///?socket=/run/my%20disk%26.sock");
  }
}
