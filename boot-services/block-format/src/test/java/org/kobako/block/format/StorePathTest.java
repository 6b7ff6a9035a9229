package org.kobako.block.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorePathTest {
  private static final String HEX = "0123456789abcdef".repeat(4);
  private static final ImageName DEBIAN = new ImageName("debian");

  @Test
  void everyKindOfPathIsReadAsWhatItIs() {
    assertThat(StorePath.parse("blocks/01/" + HEX)).contains(new StorePath.Block(HEX));
    assertThat(StorePath.parse("images/debian/current")).contains(new StorePath.Current(DEBIAN));
    assertThat(StorePath.parse("images/debian/12.index")).contains(new StorePath.Index(DEBIAN, 12));
    assertThat(StorePath.parse("images/debian/12.profile"))
        .contains(new StorePath.Profile(DEBIAN, 12));
  }

  @Test
  void aPathLiesBelowItsStore() {
    assertThat(new StorePath.Index(DEBIAN, 12).in(Path.of("/srv/store")))
        .isEqualTo(Path.of("/srv/store/images/debian/12.index"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "blocks",
        "blocks/01",
        "blocks/01/",
        "/blocks/01/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "blocks/02/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "blocks/01/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
        "blocks/01/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
        "blocks/01/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
        "blocks/01/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
        "images/../current",
        "images/./current",
        "images/.debian/current",
        "images/-debian/current",
        "images//current",
        "images/a/b/current",
        "images/de bian/current",
        "images/d\u00e9bian/current",
        "images/debian/current\n",
        "images/debian/Current",
        "images/debian/0.index",
        "images/debian/00.index",
        "images/debian/+1.index",
        "images/debian/1.0.index",
        "images/debian/1.index.tmp",
        "images/debian/1000000000000000000.index",
        "images/debian/\u0661.index",
        "kobako.key"
      })
  void nothingElseIsInAStore(String path) {
    assertThat(StorePath.parse(path)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 9, 10, StorePath.MAX_VERSION})
  void everyVersionHasAFileName(long version) {
    StorePath index = new StorePath.Index(DEBIAN, version);
    StorePath profile = new StorePath.Profile(DEBIAN, version);
    assertThat(StorePath.parse(index.relative())).contains(index);
    assertThat(StorePath.parse(profile.relative())).contains(profile);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, StorePath.MAX_VERSION + 1, Long.MIN_VALUE})
  void whatIsNoVersionIsRefused(long version) {
    assertThatThrownBy(() -> new StorePath.Index(DEBIAN, version))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("version " + version);
    assertThatThrownBy(() -> new StorePath.Profile(DEBIAN, version))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void currentIsANumberWithSpaceAroundIt() {
    assertThat(StorePath.parseCurrent("3\n")).contains(3L);
    assertThat(StorePath.parseCurrent("3")).contains(3L);
    assertThat(StorePath.parseCurrent(" 3\r\n")).contains(3L);
    assertThat(StorePath.parseCurrent("999999999999999999\n")).contains(StorePath.MAX_VERSION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\n", "0\n", "-1\n", "03\n", "3 4\n", "1000000000000000000", "<html>"})
  void whatIsNoVersionIsNoCurrent(String text) {
    assertThat(StorePath.parseCurrent(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"debian", "Debian-13.1_amd64", "1", "_", "a..b"})
  void aNameThatIsSafeAsAFileIsAnImageName(String name) {
    assertThat(new ImageName(name)).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../debian", "-rf", "a/b", "a\\b", "a b", "a\n", "\u00e9"})
  void anyOtherNameIsRefused(String name) {
    assertThatThrownBy(() -> new ImageName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + name + "'");
  }
}
