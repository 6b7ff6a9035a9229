package org.kobako.block.client.mount.fuse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Requests as a kernel writes them, by hand after linux/fuse.h: not by the code under test. */
final class KernelRequest {
  static final long UNIQUE = 0x1122334455667788L;

  private KernelRequest() {}

  static byte[] of(int opcode, long node, byte... body) {
    return ByteBuffer.allocate(40 + body.length)
        .order(ByteOrder.nativeOrder())
        .putInt(40 + body.length)
        .putInt(opcode)
        .putLong(UNIQUE)
        .putLong(node)
        .putInt(1000)
        .putInt(1000)
        .putInt(4711)
        .putInt(0)
        .put(body)
        .array();
  }

  static byte[] init(int major, int minor, int flags) {
    return of(26, 0, words(major, minor, 1 << 17, flags, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  static byte[] lookUp(long parent, String name) {
    return of(1, parent, (name + "\0").getBytes(StandardCharsets.UTF_8));
  }

  static byte[] open(long node, int flags) {
    return of(14, node, words(flags, 0));
  }

  static byte[] read(long node, long position, int size) {
    return of(15, node, readBody(position, size));
  }

  static byte[] list(int opcode, long node, long position, int size) {
    return of(opcode, node, readBody(position, size));
  }

  private static byte[] readBody(long position, int size) {
    return ByteBuffer.allocate(40)
        .order(ByteOrder.nativeOrder())
        .putLong(0)
        .putLong(position)
        .putInt(size)
        .array();
  }

  static byte[] seek(long node, long position, int whence) {
    return of(
        46,
        node,
        ByteBuffer.allocate(24)
            .order(ByteOrder.nativeOrder())
            .putLong(0)
            .putLong(position)
            .putInt(whence)
            .array());
  }

  static byte[] words(int... words) {
    ByteBuffer bytes = ByteBuffer.allocate(words.length * 4).order(ByteOrder.nativeOrder());
    for (int word : words) {
      bytes.putInt(word);
    }
    return bytes.array();
  }
}
