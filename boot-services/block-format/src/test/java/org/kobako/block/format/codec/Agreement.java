package org.kobako.block.format.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.kobako.block.format.Codec;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;

/** A codec's two forms before the same stored bytes: what a fuzzer is set on. */
final class Agreement {
  static final int PLAIN_BYTES = 4096;

  private final Decompressor library;
  private final Decompressor java;
  private final OffHeapBuffer byLibrary = OffHeapBuffer.allocate(PLAIN_BYTES);
  private final OffHeapBuffer byJava = OffHeapBuffer.allocate(PLAIN_BYTES);

  Agreement(Codec codec) {
    library = Form.NATIVE.newDecompressor(codec, new HeapScratch());
    java = Form.JAVA.newDecompressor(codec, new HeapScratch());
  }

  /**
   * Whatever the bytes are, the Java form ends with the plain bytes or refuses them; and it reads
   * everything that the library reads, to the same bytes.
   */
  void require(byte[] bytes) {
    OffHeapBuffer stored = StoredBytes.offHeap(bytes);
    boolean javaReads = reads(java, stored, byJava);
    if (reads(library, stored, byLibrary)) {
      assertThat(javaReads).as("the Java form reads what the library reads").isTrue();
      assertThat(byJava.bytes()).isEqualTo(byLibrary.bytes());
    }
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
