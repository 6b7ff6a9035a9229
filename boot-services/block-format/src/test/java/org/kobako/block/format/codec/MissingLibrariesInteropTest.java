package org.kobako.block.format.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kobako.testing.Peer;

/** A system on which the codecs' packages are not installed; hiding them takes root. */
@Tag("interop")
class MissingLibrariesInteropTest {
  /** In a mount namespace of its own, so that nobody else misses them. */
  private static final String HIDE_LIBRARIES =
      """
      for library in liblz4.so.1 liblzo2.so.2 libzstd.so.1 libcrypto.so.3; do
        ldconfig -p | awk -v name="$library" '$1 == name { print $NF }' | while read -r file; do
          mount --bind /dev/null "$(readlink -f "$file")"
        done
      done
      """;

  @Test
  void withoutTheLibrariesAProcessUsesTheFormsInJava() {
    List<String> command =
        new ArrayList<>(
            List.of("unshare", "--mount", "sh", "-e", "-c", HIDE_LIBRARIES + "exec \"$@\"", "sh"));
    command.addAll(PrintForms.command());

    assertThat(Peer.run(command).succeeded()).isEqualTo(PrintForms.ALL_IN_JAVA);
  }
}
