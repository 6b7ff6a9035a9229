package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A store with all that the machines boot: kernels, loaders, and root disks as ext4 and as
 * squashfs, made by the commands that an operator uses.
 */
final class BootStore {
  /** The image that a machine boots: its root disk's filesystem and codec are shared out. */
  private enum Image {
    EXT4_AMD64("amd64", "ext4", "zstd"),
    SQUASHFS_AMD64("amd64", "squashfs", "zstd"),
    SQUASHFS_ARM64("arm64", "squashfs", "lz4"),
    EXT4_ARM64("arm64", "ext4", "lz4"),
    EXT4_ARMHF("armhf", "ext4", "zlib");

    final String architecture;
    final String filesystem;
    final String codec;

    Image(String architecture, String filesystem, String codec) {
      this.architecture = architecture;
      this.filesystem = filesystem;
      this.codec = codec;
    }

    static Image of(Hardware hardware) {
      return switch (hardware) {
        case X86_BIOS, X86_UEFI_HTTP -> EXT4_AMD64;
        case X86_UEFI_PXE -> SQUASHFS_AMD64;
        case ARM64_UEFI -> SQUASHFS_ARM64;
        case ARM64_UBOOT -> EXT4_ARM64;
        case ARMHF_UBOOT -> EXT4_ARMHF;
        case SH4_R2D -> throw new IllegalArgumentException("Debian has no root disk for SH-4");
      };
    }

    String imageName() {
      return "debian-" + filesystem + "-" + architecture;
    }
  }

  private final Path directory;
  private final Path work;
  private final Path log;
  private final Map<String, RootDisk> rootDisks = new HashMap<>();

  /**
   * A store with nothing in it yet, or with what is there from before.
   *
   * @param work where it lies, beside what it is made of
   * @param log what the commands say
   */
  BootStore(Path work, Path log) {
    this.directory = work.resolve("store");
    this.work = work;
    this.log = log;
  }

  /**
   * Makes sure of all that a machine boots, unless it is there; the first machine of an
   * architecture waits for it.
   */
  synchronized RootDisk rootDisk(Hardware hardware) throws IOException {
    String architecture = hardware.architecture();
    if (!rootDisks.containsKey(architecture)) {
      RootDisk disk = RootDisk.of(architecture, log);
      // So that a box may read it without being root.
      Files.createDirectories(work);
      Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path boot = directory.resolve("boot");
      if (!Files.exists(boot.resolve(architecture))) {
        pack(architecture, disk);
        MachineBundle.into(boot, architecture, log);
      }
      rootDisks.put(architecture, disk);
    }
    return Objects.requireNonNull(rootDisks.get(architecture));
  }

  Path directory() {
    return directory;
  }

  private void pack(String architecture, RootDisk disk) throws IOException {
    Path root = work.resolve(architecture);
    disk.unpack(root, log);
    for (Image image : Image.values()) {
      if (image.architecture.equals(architecture)) {
        Program.run(
            log,
            Program.kobako(
                "pack",
                root.toString(),
                directory.toString(),
                "--name",
                image.imageName(),
                "--fs",
                image.filesystem,
                "--codec",
                image.codec,
                // The lowest: what is asked here is whether it boots.
                "--level",
                "1"));
      }
    }
    Program.run(log, List.of("rm", "-r", "--one-file-system", root.toString()));
  }

  /**
   * Writes the kobako.toml of a box that boots this one machine, which finds its disk by name.
   *
   * @param folder where the box keeps its leases, too
   */
  Path config(Hardware hardware, String mac, Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("kobako.toml"),
        """
        store = "%s"
        state = "%s"

        [room]
        key = "000102030405060708090a0b0c0d0e0f"
        """
                .formatted(directory, folder.resolve("state"))
            + machine(hardware, mac));
  }

  /** The same on a card that has this store on its data partition. */
  Path cardConfig(Hardware hardware, String mac, Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("card.toml"),
        """
        store = "/data/store"

        [http]
        port = 80
        """
            + machine(hardware, mac));
  }

  private static String machine(Hardware hardware, String mac) {
    return """

    [boot]
    command-line = "console=%s"

    [[machine]]
    mac = "%s"
    image = "%s"
    """
        .formatted(hardware.console(), mac, Image.of(hardware).imageName());
  }
}
