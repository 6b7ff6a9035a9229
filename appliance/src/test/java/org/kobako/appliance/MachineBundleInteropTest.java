package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.kobako.appliance.command.CrossScript;

/** A real bundle out of Debian's packages; qemu-tests boot it. */
@Tag("interop")
@Execution(ExecutionMode.CONCURRENT)
class MachineBundleInteropTest {
  /** What a machine of 256 MB can hold beside the kernel and what it unpacks. */
  private static final long MAX_INITRD_BYTES = 24 << 20;

  @TempDir Path directory;

  @BeforeEach
  void nameTheCheckout() {
    String checkout = Path.of("..").toAbsolutePath().normalize().toString();
    System.setProperty(CrossScript.HOME_PROPERTY, checkout);
  }

  @AfterEach
  void forgetTheCheckout() {
    System.clearProperty(CrossScript.HOME_PROPERTY);
  }

  private Path bundle(String name) {
    Path out = directory.resolve(name);
    KobakoRun.of("machine-bundle", "--arch", "amd64", "--out", out).succeeded();
    return out;
  }

  @Test
  void theSameInputsMakeTheSameBytesAndFewEnough() throws IOException {
    Path first = bundle("first");
    Path second = bundle("second");

    for (String file :
        List.of(
            "amd64/vmlinuz",
            "amd64/initrd",
            "amd64/initramfs-tools.tar",
            "ipxe/ipxe-amd64.efi",
            "ipxe/undionly.kpxe")) {
      assertThat(second.resolve(file)).hasSameBinaryContentAs(first.resolve(file));
    }
    assertThat(Files.size(first.resolve("amd64/initrd"))).isLessThan(MAX_INITRD_BYTES);
  }
}
