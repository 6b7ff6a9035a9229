package org.kobako.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.testing.Peer;

/** The flashable file as other programs see it, without switching it on; made twice. */
@Tag("interop")
@Timeout(3600)
class FirmwareFileInteropTest {
  private static final int MIB = 1 << 20;

  /** The time of a commit, which may be another one by the second time. */
  private static final String VERSION = "1732190000";

  @TempDir static Path work;
  private static Path first;
  private static Path second;

  @BeforeAll
  static void makeItTwice() throws IOException {
    Path log = Logs.of("firmware-file").resolve("log");
    Program.run(log, Program.kobako("key", work.resolve("keys").toString()));
    first = firmware("first", log);
    second = firmware("second", log);
  }

  private static Path firmware(String name, Path log) throws IOException {
    Path file = work.resolve(name).resolve("kobako.img");
    List<String> command = new ArrayList<>(List.of("env", "SOURCE_DATE_EPOCH=" + VERSION));
    command.addAll(
        Program.kobako(
            "firmware",
            "armhf",
            "--out",
            file.toString(),
            "--sign-key",
            work.resolve("keys/kobako.key").toString()));
    Program.run(log, command);
    return file;
  }

  @ParameterizedTest
  @CsvSource({"''", ".update", ".sbom.json", ".licences.txt"})
  void theSameInputsMakeTheSameBytes(String ending) {
    assertThat(beside(second, ending)).hasSameBinaryContentAs(beside(first, ending));
  }

  /** Which says more than a byte of the whole. */
  @Test
  void everyFileOfTheRootIsTheSame() throws IOException {
    Peer.run("diff", "--recursive", "--no-dereference", "--brief", root(first), root(second))
        .succeeded();
  }

  private static String root(Path image) throws IOException {
    String tree = image.resolveSibling("root").toString();
    Peer.run("unsquashfs", "-no-progress", "-dest", tree, partition(image, 6).toString())
        .succeeded();
    return tree;
  }

  private static Path beside(Path file, String ending) {
    return file.resolveSibling(file.getFileName() + ending);
  }

  @Test
  void theDiskHasACardTwoSlotsAndDataLast() {
    String table = Peer.run("sfdisk", "--dump", first.toString()).succeeded();

    assertThat(table.lines().filter(line -> line.contains(" : ")))
        .map(line -> line.replaceAll(".*img([0-9]) : .*type=([0-9a-f]+)(.*)", "$1 $2$3"))
        .containsExactly("1 e, bootable", "2 83", "3 f", "5 e", "6 83", "7 e", "8 83");
    assertThat(table).contains("label-id: 0x41424f4b");
  }

  @ParameterizedTest
  @CsvSource({"1, fsck.vfat -n", "2, e2fsck -f -n", "5, fsck.vfat -n", "6, unsquashfs -s"})
  void itsFileSystemsAreWhole(int partition, String checker) throws IOException {
    Path content = partition(first, partition);

    Peer.run((checker + " " + content).split(" ")).succeeded();
  }

  @Test
  void peopleFindAConfigThatTheBoxUnderstandsOnTheCard() throws IOException {
    Path config = work.resolve("kobako.toml");
    Peer.run("mcopy", "-i", partition(first, 1).toString(), "::kobako.toml", config.toString())
        .succeeded();

    assertThat(config)
        .hasSameTextualContentAs(MadeOnce.CHECKOUT.resolve("rootfs-overlay/card/kobako.toml"));
  }

  /** What the schema of CycloneDX 1.5 requires, and what makes a list of parts worth having. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "the format # .bomFormat == \"CycloneDX\" and .specVersion == \"1.5\" and .version == 1",
        "what it is of # .metadata.component | .type == \"firmware\" and .name == \"kobako-armhf\"",
        "types # [.components[].type] - [\"library\", \"operating-system\"] == []",
        "names, versions # [.components[] | select((.name | length) * (.version | length) == 0)] == []",
        "one of each # [.components[].\"bom-ref\"] | length == (unique | length)",
        "digests # all(.components[].hashes[0]; .alg == \"SHA-256\" and (.content | test(\"^[0-9a-f]{64}$\")))",
        "licences # all(.components[].licenses; length > 0 and all(.[]; .license.name | length > 0))",
        "the kernel # any(.components[]; .type == \"operating-system\" and (.name | startswith(\"linux-source-\")))",
        "programs # [\"busybox-static\", \"e2fsprogs\", \"libnftables1\", \"openjdk-25-jdk-headless\"] - [.components[].name] == []",
        "our jars # [\"appliance\", \"dhcp\", \"jetty-server\"] - [.components[].name] == []"
      })
  void theListOfPartsSays(String what, String filter) {
    Peer.run("jq", "--exit-status", filter, beside(first, ".sbom.json").toString()).succeeded();
  }

  /** What a partition holds, as a file. */
  private static Path partition(Path image, int number) throws IOException {
    String line =
        Peer.run("sfdisk", "--dump", image.toString())
            .succeeded()
            .lines()
            .filter(entry -> entry.contains("img" + number + " : "))
            .findFirst()
            .orElseThrow();
    long start = 512 * Long.parseLong(line.replaceAll(".*start= *([0-9]+).*", "$1"));
    int length =
        Math.toIntExact(512 * Long.parseLong(line.replaceAll(".*size= *([0-9]+).*", "$1")));
    assertThat(List.of(start % MIB, (long) length % MIB)).containsOnly(0L);
    Path content = image.resolveSibling("partition-" + number);
    try (FileChannel disk = FileChannel.open(image)) {
      disk.position(start);
      Files.write(content, Channels.newInputStream(disk).readNBytes(length));
    }
    return content;
  }
}
