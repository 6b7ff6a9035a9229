package org.kobako.block.format.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.kobako.block.format.Codec;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;

/** A codec's two forms before the same bytes: what a fuzzer is set on. */
final class Agreement {
  private static final int PLAIN_BYTES = 4096;

  private final Codec codec;
  private final Decompressor library;
  private final Decompressor java;
  private final OffHeapBuffer byLibrary = OffHeapBuffer.allocate(PLAIN_BYTES);
  private final OffHeapBuffer byJava = OffHeapBuffer.allocate(PLAIN_BYTES);

  Agreement(Codec codec) {
    this.codec = codec;
    this.library = Form.NATIVE.newDecompressor(codec, new HeapScratch());
    this.java = Form.JAVA.newDecompressor(codec, new HeapScratch());
  }

  /**
   * Any bytes are read or refused, and where both forms read them they read the same.
   *
   * <p>What is malformed they need not both refuse: liblz4 1.9.4 takes a distance of 0, which its
   * format calls corrupt, and libzstd 1.5.4 lets the last code of a Huffman stream run over its
   * end.
   */
  void requireSamePlain(byte[] bytes) {
    OffHeapBuffer stored = StoredBytes.offHeap(bytes);
    boolean bothRead = reads(library, stored, byLibrary) & reads(java, stored, byJava);
    if (bothRead) {
      assertThat(byJava.bytes()).isEqualTo(byLibrary.bytes());
    }
  }

  /** Whatever the library writes, at any of its levels, the Java form reads. */
  void requireJavaToRead(byte[] plain) throws CorruptBlockException {
    int level = 1 + plain.length % Levels.of(codec).highest();
    byte[] stored = StoredBytes.of(Form.NATIVE.newCompressor(codec, level), plain);
    assertThat(StoredBytes.plain(java, stored, plain.length)).isEqualTo(plain);
  }

  /** Whatever the Java form writes, the library reads. */
  void requireLibraryToRead(byte[] plain) throws CorruptBlockException {
    byte[] stored = StoredBytes.of(Form.JAVA.newCompressor(codec, 0), plain);
    assertThat(StoredBytes.plain(library, stored, plain.length)).isEqualTo(plain);
  }

  private static boolean reads(Decompressor decompressor, OffHeapBuffer stored, OffHeapBuffer to) {
    try {
      decompressor.decompress(stored, stored.capacityBytes(), to, 0, PLAIN_BYTES);
      return true;
    } catch (CorruptBlockException refused) {
      return false;
    }
  }
}
