package org.kobako.appliance.firmware;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.kobako.appliance.firmware.RefusedUpdateException.Reason;
import org.kobako.appliance.firmware.UpdateHeader.Payload;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.digest.Digester;
import org.kobako.block.format.digest.Digesters;

/**
 * The slot that does not run, as its two partitions. Takes the same memory for any update.
 *
 * @param boot its kernel and initramfs
 * @param root its root filesystem
 */
record OtherSlot(Path boot, Path root) {
  private static final int PIECE_BYTES = 64 << 10;

  /**
   * Makes sure that an update fits, before anything is written.
   *
   * @throws RefusedUpdateException if it does not, or the slot cannot be written
   */
  void requireRoomFor(SignedUpdate update) throws RefusedUpdateException {
    requireRoom(boot, update.header().boot());
    requireRoom(root, update.header().root());
  }

  private static void requireRoom(Path partition, Payload payload) throws RefusedUpdateException {
    long room;
    try (FileChannel channel = FileChannel.open(partition, StandardOpenOption.WRITE)) {
      room = channel.size();
    } catch (IOException e) {
      throw broken("the other slot cannot be written", e);
    }
    if (payload.lengthBytes() > room) {
      throw new RefusedUpdateException(
          Reason.TOO_LONG,
          "the update has %d bytes for a partition of %d: flash the card anew"
              .formatted(payload.lengthBytes(), room));
    }
  }

  /**
   * Writes an update, and reads it back from the disk: after this the slot is what was signed.
   *
   * @param payloads boot's bytes, then root's; not read beyond
   * @throws RefusedUpdateException if it is not, or the slot cannot be written
   */
  void write(SignedUpdate update, InputStream payloads) throws RefusedUpdateException {
    write(payloads, update.header().boot(), boot);
    write(payloads, update.header().root(), root);
    readBack(update.header().boot(), boot);
    readBack(update.header().root(), root);
  }

  private static void write(InputStream from, Payload payload, Path partition)
      throws RefusedUpdateException {
    OffHeapBuffer piece = OffHeapBuffer.allocate(PIECE_BYTES);
    byte[] bytes = new byte[PIECE_BYTES];
    Digester digester = Digesters.newDigester();
    digester.begin();
    try (FileChannel channel = FileChannel.open(partition, StandardOpenOption.WRITE)) {
      for (long left = payload.lengthBytes(); left > 0; ) {
        int length = (int) Math.min(left, PIECE_BYTES);
        receive(from, bytes, length, left);
        piece.bytes().clear().put(bytes, 0, length).flip();
        digester.update(piece, length);
        while (piece.bytes().hasRemaining()) {
          channel.write(piece.bytes());
        }
        left -= length;
      }
      channel.force(true);
    } catch (IOException e) {
      throw broken("the other slot cannot be written", e);
    }
    requireDigest(digester, payload, Reason.NOT_SIGNED, "the update is damaged: send it again");
  }

  private static void receive(InputStream from, byte[] bytes, int length, long left)
      throws RefusedUpdateException {
    try {
      if (from.readNBytes(bytes, 0, length) < length) {
        throw new EOFException("it ends early");
      }
    } catch (IOException e) {
      throw new RefusedUpdateException(
          Reason.MALFORMED,
          "the update is cut off with %d bytes of a payload to come: send it again".formatted(left),
          e);
    }
  }

  /**
   * Opened anew: when nobody has a block device open any more the kernel forgets what it remembers
   * of it, and so this comes from the card.
   */
  private static void readBack(Payload payload, Path partition) throws RefusedUpdateException {
    OffHeapBuffer piece = OffHeapBuffer.allocate(PIECE_BYTES);
    Digester digester = Digesters.newDigester();
    digester.begin();
    try (FileChannel channel = FileChannel.open(partition)) {
      for (long left = payload.lengthBytes(); left > 0; ) {
        ByteBuffer bytes = piece.bytes();
        bytes.clear().limit((int) Math.min(left, PIECE_BYTES));
        int length = channel.read(bytes);
        if (length < 0) {
          throw new EOFException("the partition ends early");
        }
        digester.update(piece, length);
        left -= length;
      }
    } catch (IOException e) {
      throw broken("the other slot cannot be read back", e);
    }
    requireDigest(
        digester,
        payload,
        Reason.DISK,
        "the card does not hold what was written to it: try again, or take another card");
  }

  private static void requireDigest(
      Digester digester, Payload payload, Reason reason, String sentence)
      throws RefusedUpdateException {
    BlockDigest digest = new BlockDigest();
    digester.end(digest);
    if (!digest.toHex().equals(payload.sha256())) {
      throw new RefusedUpdateException(reason, sentence);
    }
  }

  private static RefusedUpdateException broken(String what, IOException e) {
    return new RefusedUpdateException(
        Reason.DISK, what + ": " + e.getMessage() + "; look after the card", e);
  }
}
