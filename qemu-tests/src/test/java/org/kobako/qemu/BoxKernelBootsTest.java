package org.kobako.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel that is built for a board that Debian has none for: SH-4, as QEMU has it. */
@Tag("interop")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class BoxKernelBootsTest {
  private static final int DISK_SECTORS = 32_768;

  @Test
  void theKernelOfSh4FindsDiskAndNetworkAndLeavesABoxMostOf64Mb() throws Exception {
    Path logs = Logs.of("sh4-kernel");
    Path log = logs.resolve("log");
    String cross = MadeOnce.CHECKOUT.resolve("cross").toString();
    String kernel = Program.run(log, List.of(cross + "/box-kernel", "sh4"));
    Path tree = Files.createDirectories(logs.resolve("tree"));
    Program.run(log, List.of(cross + "/target-packages", "sh4", tree.toString(), "busybox-static"));
    makeInitramfs(tree, logs, log);
    Program.run(log, List.of("truncate", "-s", String.valueOf(DISK_SECTORS * 512), logs + "/disk"));

    String said =
        Program.run(
            log,
            List.of(
                "sh",
                "-c",
                "cd "
                    + logs
                    + " && timeout 180 qemu-system-sh4 -M r2d -display none -monitor none -no-reboot"
                    + " -serial null -serial stdio -nic user,model=rtl8139"
                    + " -drive if=ide,format=raw,file=disk"
                    + " -kernel "
                    + kernel
                    + "/boot/vmlinuz-* -initrd initrd"));

    assertThat(said)
        .containsPattern("Linux 6[.0-9]*-kobako sh4")
        .contains("sectors of sda: " + DISK_SECTORS, "lease of 10.0.2.15 obtained")
        .contains(" ext4", " squashfs", " vfat");
    assertThat(availableKib(said)).isGreaterThan(45_000);
  }

  private static void makeInitramfs(Path tree, Path logs, Path log) throws Exception {
    for (String directory : List.of("bin", "dev", "proc", "sys")) {
      Files.createDirectories(tree.resolve(directory));
    }
    Files.copy(tree.resolve("usr/bin/busybox"), tree.resolve("bin/busybox"));
    Files.createSymbolicLink(tree.resolve("bin/sh"), Path.of("busybox"));
    try (InputStream init = BoxKernelBootsTest.class.getResourceAsStream("kernel-trial")) {
      Files.copy(init, tree.resolve("init"));
    }
    Program.run(
        log,
        List.of(
            "sh",
            "-c",
            "cd "
                + tree
                + " && chmod 755 init bin/busybox"
                + " && find . | cpio --create --format newc --quiet | gzip >../initrd"));
    assertThat(logs.resolve("initrd")).isNotEmptyFile();
  }

  private static int availableKib(String said) {
    Matcher matcher = Pattern.compile("MemAvailable: *(\\d+) kB").matcher(said);
    assertThat(matcher.find()).as(said).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
