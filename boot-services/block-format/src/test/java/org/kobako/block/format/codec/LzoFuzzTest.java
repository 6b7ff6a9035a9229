package org.kobako.block.format.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.kobako.block.format.Codec;
import org.kobako.block.format.CorruptBlockException;

class LzoFuzzTest {
  private final Decompressor library = Form.NATIVE.newDecompressor(Codec.LZO, new HeapScratch());
  private final Agreement agreement = new Agreement(Codec.LZO);

  @FuzzTest(maxDuration = "5m")
  void javaReadsWhatLiblzo2Reads(byte[] stored) {
    agreement.require(stored);
  }

  @FuzzTest(maxDuration = "5m")
  void liblzo2ReadsWhatJavaWrites(byte[] plain) throws CorruptBlockException {
    byte[] stored = StoredBytes.of(Form.JAVA.newCompressor(Codec.LZO, 0), plain);

    assertThat(StoredBytes.plain(library, stored, plain.length)).isEqualTo(plain);
  }
}
