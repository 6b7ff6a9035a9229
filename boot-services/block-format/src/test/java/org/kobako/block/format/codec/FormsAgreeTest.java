package org.kobako.block.format.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.block.format.Codec;

/** What a library writes the Java form reads, and the other way round. */
class FormsAgreeTest {
  private static final int BLOCK_BYTES = 128 << 10;
  private static final long STRIDE_BYTES = 23L << 20;
  private static final int BLOCKS = 6;

  @ParameterizedTest
  @EnumSource(names = {"LZO", "LZ4", "ZSTD"})
  void javaReadsWhatTheLibraryWritesAtEveryLevel(Codec codec) throws IOException {
    Decompressor java = Form.JAVA.newDecompressor(codec, new HeapScratch());
    for (int level = 1; level <= Levels.of(codec).highest(); level++) {
      for (int block = 0; block < BLOCKS; block++) {
        byte[] plain = Contents.jdkImage(block * STRIDE_BYTES, BLOCK_BYTES);
        byte[] stored = StoredBytes.of(Form.NATIVE.newCompressor(codec, level), plain);

        assertThat(StoredBytes.plain(java, stored, plain.length))
            .as("level %d, block %d", level, block)
            .isEqualTo(plain);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LZO", "LZ4"})
  void theLibraryReadsWhatJavaWrites(Codec codec) throws IOException {
    Decompressor library = Form.NATIVE.newDecompressor(codec, new HeapScratch());
    for (int length : new int[] {1, 3, 4, 5, 12, 238 + 1, 20_000, BLOCK_BYTES, 1 << 20}) {
      for (int block = 0; block < BLOCKS; block++) {
        byte[] plain = Contents.jdkImage(block * STRIDE_BYTES, length);
        byte[] stored = StoredBytes.of(Form.JAVA.newCompressor(codec, 0), plain);

        assertThat(StoredBytes.plain(library, stored, plain.length))
            .as("%d bytes, block %d", length, block)
            .isEqualTo(plain);
      }
    }
  }
}
