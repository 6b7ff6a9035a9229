package org.kobako.block.format.codec;

import java.util.Arrays;
import java.util.zip.Deflater;
import org.kobako.block.format.Codec;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;

/** Compresses and decompresses arrays, also what a packer would not store because it grows. */
final class StoredBytes {
  private StoredBytes() {}

  /** What a codec's strongest form makes of plain bytes, whether they shrink or not. */
  static byte[] of(Codec codec, byte[] plain) {
    return switch (codec) {
      case NONE -> plain;
      case ZLIB -> deflated(plain);
      case LZO, LZ4, ZSTD -> of(Form.NATIVE.newCompressor(codec, 0), plain);
    };
  }

  static byte[] of(Compressor compressor, byte[] plain) {
    OffHeapBuffer from = offHeap(plain);
    OffHeapBuffer to = OffHeapBuffer.allocate(compressor.storedCapacity(plain.length));
    try (compressor) {
      return bytes(to, (int) ((BoundedCompressor) compressor).encode(from, plain.length, to));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static byte[] plain(Decompressor decompressor, byte[] stored, int plainLength)
      throws CorruptBlockException {
    OffHeapBuffer plain = OffHeapBuffer.allocate(plainLength);
    decompressor.decompress(offHeap(stored), stored.length, plain, 0, plainLength);
    return bytes(plain, plainLength);
  }

  static OffHeapBuffer offHeap(byte[] bytes) {
    OffHeapBuffer buffer = OffHeapBuffer.allocate(bytes.length);
    buffer.bytes().put(0, bytes);
    return buffer;
  }

  static byte[] bytes(OffHeapBuffer buffer, int length) {
    byte[] bytes = new byte[length];
    buffer.bytes().get(0, bytes);
    return bytes;
  }

  private static byte[] deflated(byte[] plain) {
    try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION)) {
      deflater.setInput(plain);
      deflater.finish();
      byte[] stored = new byte[plain.length + plain.length / 100 + 64];
      return Arrays.copyOf(stored, deflater.deflate(stored));
    }
  }
}
