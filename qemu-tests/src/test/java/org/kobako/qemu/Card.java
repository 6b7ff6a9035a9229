package org.kobako.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.kobako.testing.Peer;

/** A memory card with the box's firmware on it: in a machine, or in a workstation's reader. */
record Card(Path file) {
  private static final int SECTOR_BYTES = 512;
  private static final int SLOTS_BYTES = 1024;

  /**
   * Of a FAT partition of 32 MB: 1 in this byte says that it was not put away in an orderly way.
   */
  private static final int BEING_WRITTEN = 37;

  /** Its partitions, by their number in the table. */
  enum Partition {
    KOBAKO(1),
    DATA(2),
    BOOT_A(5),
    ROOT_A(6),
    BOOT_B(7),
    ROOT_B(8);

    private final int number;

    Partition(int number) {
      this.number = number;
    }
  }

  interface Work {
    void in(Path mounted) throws IOException;
  }

  /** Writes the flashable file to a new card that has more room. */
  static Card flash(Path image, Path file, long cardBytes) throws IOException {
    Peer.run("cp", "--sparse=always", image.toString(), file.toString()).succeeded();
    try (FileChannel card = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (card.size() > cardBytes) {
        throw new AssertionError("the flashable file is larger than the card");
      }
      Peer.run("truncate", "--size=" + cardBytes, file.toString()).succeeded();
    }
    return new Card(file);
  }

  /** What the boot loader knows: {@code good}, {@code next}, {@code tries}. */
  Map<String, String> slots() {
    String text =
        Peer.run("mtype", "-i", file + "@@" + offset(Partition.KOBAKO), "::boot/slots").succeeded();
    return text.lines()
        .filter(line -> !line.startsWith("#") && line.contains("="))
        .map(line -> line.split("=", 2))
        .collect(Collectors.toMap(word -> word[0], word -> word[1]));
  }

  /** Has the boot loader know another thing, {@code NAME=VALUE} each. */
  void setSlots(String... words) throws IOException {
    String lines = "# GRUB Environment Block\n" + String.join("\n", words) + "\n";
    Path block = Files.createTempFile("kobako-slots", "");
    try {
      Files.writeString(block, lines + "#".repeat(SLOTS_BYTES - lines.length()));
      put(block, "boot/slots");
    } finally {
      Files.delete(block);
    }
  }

  /** Puts a file onto the partition that any computer can read. */
  void put(Path from, String name) {
    Peer.run(
            "mcopy",
            "-o",
            "-i",
            file + "@@" + offset(Partition.KOBAKO),
            from.toString(),
            "::" + name)
        .succeeded();
  }

  /** Leaves the first partition as a workstation does of which the power fails. */
  void markAsBeingWritten() throws IOException {
    try (FileChannel card = FileChannel.open(file, StandardOpenOption.WRITE)) {
      card.write(ByteBuffer.wrap(new byte[] {1}), offset(Partition.KOBAKO) + BEING_WRITTEN);
    }
  }

  /** Whether other computers would ask their users what to do about it. */
  boolean isMarkedAsBeingWritten() throws IOException {
    return (read(Partition.KOBAKO, SECTOR_BYTES)[BEING_WRITTEN] & 1) != 0;
  }

  /** Mounts the data partition and does something there, as on a Linux workstation. */
  void onData(Work work) throws IOException {
    Path mounted = Files.createTempDirectory("kobako-data");
    try {
      onDevice(
          Partition.DATA,
          device -> {
            Peer.run("mount", device, mounted.toString()).succeeded();
            try {
              work.in(mounted);
            } finally {
              Peer.run("umount", mounted.toString()).succeeded();
            }
          });
    } finally {
      Files.delete(mounted);
    }
  }

  interface DeviceWork {
    void on(String device) throws IOException;
  }

  /** Does something with a partition as a block device. */
  void onDevice(Partition partition, DeviceWork work) throws IOException {
    String device =
        Peer.run(
                "losetup",
                "--find",
                "--show",
                "--offset=" + offset(partition),
                "--sizelimit=" + lengthBytes(partition),
                file.toString())
            .succeeded()
            .strip();
    try {
      work.on(device);
    } finally {
      Peer.run("losetup", "--detach", device).succeeded();
    }
  }

  /** Writes a file to the begin of a partition. */
  void write(Partition partition, Path content) throws IOException {
    try (FileChannel card = FileChannel.open(file, StandardOpenOption.WRITE);
        FileChannel from = FileChannel.open(content)) {
      card.position(offset(partition));
      from.transferTo(0, from.size(), card);
    }
  }

  /** Whether a partition begins with what is in a file. */
  boolean has(Partition partition, Path content) throws IOException {
    byte[] wanted = Files.readAllBytes(content);
    return Arrays.equals(read(partition, wanted.length), wanted);
  }

  /** Whether a partition is the same on another card. */
  boolean hasSame(Partition partition, Card other) throws IOException {
    int lengthBytes = (int) lengthBytes(partition);
    return Arrays.equals(read(partition, lengthBytes), other.read(partition, lengthBytes));
  }

  /** The first bytes of a partition. */
  byte[] read(Partition partition, int lengthBytes) throws IOException {
    try (FileChannel card = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(lengthBytes);
      while (bytes.hasRemaining() && card.read(bytes, offset(partition) + bytes.position()) >= 0) {
        // One read need not be enough.
      }
      return bytes.array();
    }
  }

  long offset(Partition partition) {
    return sectors(partition, "START") * SECTOR_BYTES;
  }

  long lengthBytes(Partition partition) {
    return sectors(partition, "SECTORS") * SECTOR_BYTES;
  }

  private long sectors(Partition partition, String column) {
    return Long.parseLong(
        Peer.run(
                "partx",
                "--show",
                "--noheadings",
                "--output",
                column,
                "--nr",
                String.valueOf(partition.number),
                file.toString())
            .succeeded()
            .strip());
  }
}
