package org.kobako.block.client.mount.nbd;

import java.nio.charset.StandardCharsets;
import org.kobako.block.client.Disk;

/** What negotiation says of a disk: the one export of a server. */
final class Export {
  /** Most that "Conventions" lets a client rely on. */
  static final int MAX_NAME_BYTES = 256;

  /** Longest read; what every client may assume (section "Block size constraints"). */
  static final int MAX_PAYLOAD_BYTES = 32 << 20;

  // Transmission flags.
  private static final int HAS_FLAGS = 1;
  private static final int READ_ONLY = 1 << 1;
  private static final int SEND_DF = 1 << 7;
  private static final int CAN_MULTI_CONN = 1 << 8;
  private static final int SEND_CACHE = 1 << 10;

  final byte[] name;
  final byte[] description;
  final long lengthBytes;
  final int preferredBytes;

  Export(Disk disk) {
    this.name = disk.name().getBytes(StandardCharsets.UTF_8);
    if (name.length > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "disk name of " + name.length + " bytes is refused: NBD takes " + MAX_NAME_BYTES);
    }
    this.description = "read-only image, verified block by block".getBytes(StandardCharsets.UTF_8);
    this.lengthBytes = disk.lengthBytes();
    this.preferredBytes = disk.blockSizeBytes();
  }

  /** {@code SEND_DF} must stay clear without structured replies. */
  int transmissionFlags(boolean structuredReplies) {
    return HAS_FLAGS | READ_ONLY | CAN_MULTI_CONN | SEND_CACHE | (structuredReplies ? SEND_DF : 0);
  }
}
