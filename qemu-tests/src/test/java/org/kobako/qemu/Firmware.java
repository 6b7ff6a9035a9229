package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.kobako.appliance.firmware.UpdateHeader;
import org.kobako.block.format.SigningKey;
import org.kobako.testing.Peer;

/** The flashable file of one target, by {@code kobako firmware}, and updates of it. */
final class Firmware {
  private static final List<Path> INPUTS =
      Stream.of(
              "cross",
              "rootfs-overlay",
              "appliance/target/classes",
              "appliance/target/lib",
              "boot-services/block-client/target/classes",
              "boot-services/block-format/target/classes")
          .map(MadeOnce.CHECKOUT::resolve)
          .toList();

  private final String target;
  private final Path folder;

  private Firmware(String target, Path folder) {
    this.target = target;
    this.folder = folder;
  }

  /** Made now, or before of the same inputs. */
  static Firmware of(String target, Path log) throws IOException {
    return new Firmware(
        target, MadeOnce.of("firmware", target, INPUTS, log, folder -> command(target, folder)));
  }

  /** As a user does who has no key yet: it is made, and lies in the folder, too. */
  private static List<String> command(String target, Path folder) {
    List<String> command = new ArrayList<>(List.of("env", "XDG_CONFIG_HOME=" + folder));
    command.addAll(
        Program.kobako("firmware", target, "--out", folder.resolve("kobako.img").toString()));
    return command;
  }

  Path image() {
    return folder.resolve("kobako.img");
  }

  /** QEMU's words for a board that has no boot loader. */
  String[] startedFromOutside() {
    return new String[] {"-kernel", image() + ".vmlinuz", "-initrd", image() + ".initrd"};
  }

  /** What is written when the box is updated, signed for this box unless it is spoiled later. */
  Update update(Path work, long version) throws IOException {
    return new Update(work, version);
  }

  /** An update in the making: the parts of a slot as files, which a test may change. */
  final class Update {
    private final Path work;
    private final long version;
    private final Path root;

    private Update(Path work, long version) throws IOException {
      this.work = Files.createDirectories(work);
      this.version = version;
      Card card = new Card(image());
      Files.write(
          boot(), card.read(Card.Partition.BOOT_A, (int) card.lengthBytes(Card.Partition.BOOT_A)));
      root = work.resolve("root");
      Path squashfs = work.resolve("root.a");
      Files.write(
          squashfs,
          card.read(Card.Partition.ROOT_A, (int) card.lengthBytes(Card.Partition.ROOT_A)));
      Peer.run("unsquashfs", "-q", "-n", "-d", root.toString(), squashfs.toString()).succeeded();
      Files.delete(squashfs);
      Path file = root.resolve("usr/share/kobako/version");
      Files.delete(file);
      Files.writeString(file, version + "\n");
    }

    /** The slot's FAT partition. */
    Path boot() {
      return work.resolve("boot.fat");
    }

    /** The slot's root, unpacked. */
    Path root() {
      return root;
    }

    /** The slot's root partition: what lies there when it is signed. */
    Path squashfs() {
      return work.resolve("root.squashfs");
    }

    /** Changes a file of the root, which must have the words that are replaced. */
    void replace(String name, String words, String others) throws IOException {
      Path file = root.resolve(name);
      String text = Files.readString(file);
      if (!text.contains(words)) {
        throw new AssertionError(name + " does not say " + words);
      }
      Files.writeString(file, text.replace(words, others));
    }

    /** Writes the root that lies there now into slot a of a card, as no user would. */
    void placeOn(Card card) throws IOException {
      squash();
      card.write(Card.Partition.ROOT_A, squashfs());
    }

    /** Signs what lies there now. */
    Path sign() throws IOException {
      squash();
      return sign(squashfs());
    }

    private void squash() throws IOException {
      Path squashfs = squashfs();
      Files.deleteIfExists(squashfs);
      Peer.run(
              "mksquashfs",
              root.toString(),
              squashfs.toString(),
              "-quiet",
              "-no-progress",
              "-all-root",
              "-comp",
              "lz4",
              "-b",
              "16K")
          .succeeded();
    }

    /** Signs another root than the one that lies there. */
    Path sign(Path squashfs) throws IOException {
      UpdateHeader header =
          new UpdateHeader(
              target, version, UpdateHeader.Payload.of(boot()), UpdateHeader.Payload.of(squashfs));
      Path file = work.resolve("kobako-" + version + ".update");
      try (var out = Files.newOutputStream(file)) {
        out.write(header.signedBy(SigningKey.read(folder.resolve("kobako/firmware/kobako.key"))));
        for (Path payload : Stream.of(boot(), squashfs).toList()) {
          Files.copy(payload, out);
        }
      }
      return file;
    }
  }
}
