package org.kobako.block.format.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.kobako.block.format.Codec;
import org.kobako.block.format.CorruptBlockException;

class Lz4FuzzTest {
  private final Decompressor library = Form.NATIVE.newDecompressor(Codec.LZ4, new HeapScratch());
  private final Agreement agreement = new Agreement(Codec.LZ4);

  @FuzzTest(maxDuration = "5m")
  void javaReadsWhatLiblz4Reads(byte[] stored) {
    agreement.require(stored);
  }

  @FuzzTest(maxDuration = "5m")
  void liblz4ReadsWhatJavaWrites(byte[] plain) throws CorruptBlockException {
    byte[] stored = StoredBytes.of(Form.JAVA.newCompressor(Codec.LZ4, 0), plain);

    assertThat(StoredBytes.plain(library, stored, plain.length)).isEqualTo(plain);
  }
}
