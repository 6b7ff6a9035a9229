package org.kobako.block.format.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.kobako.block.format.Codec;

class ZstdFuzzTest {
  private final Agreement agreement = new Agreement(Codec.ZSTD);

  @FuzzTest(maxDuration = "5m")
  void javaReadsWhatLibzstdReads(byte[] stored) {
    agreement.require(stored);
  }
}
