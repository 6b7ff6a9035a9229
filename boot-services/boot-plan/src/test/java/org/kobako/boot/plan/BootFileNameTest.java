package org.kobako.boot.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootFileNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"amd64/vmlinuz", "vmlinuz-6.12.48+deb13-amd64", "a/b/c~1", "pxelinux.cfg/01-52"})
  void pathsBelowTheFolderAreNames(String text) {
    assertThat(BootFileName.parse(text)).map(BootFileName::toString).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a//b",
        "a/",
        ".hidden",
        "a/.b",
        "a\\b",
        "a b",
        "a\0b",
        "a\nb",
        "a%2fb",
        "a?b",
        "ä"
      })
  void everythingElseIsNot(String text) {
    assertThat(BootFileName.parse(text)).isEmpty();
    assertThatThrownBy(() -> BootFileName.of(text)).hasMessageContaining("is refused: use a path");
  }

  @Test
  void lengthIsBounded() {
    assertThat(BootFileName.parse("a".repeat(BootFileName.MAX_CHARS))).isPresent();
    assertThat(BootFileName.parse("a".repeat(BootFileName.MAX_CHARS + 1))).isEmpty();
  }
}
