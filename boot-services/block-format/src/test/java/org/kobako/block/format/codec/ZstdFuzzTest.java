package org.kobako.block.format.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.kobako.block.format.Codec;
import org.kobako.block.format.CorruptBlockException;

class ZstdFuzzTest {
  private final Agreement agreement = new Agreement(Codec.ZSTD);

  @FuzzTest(maxDuration = "5m")
  void whatBothFormsReadIsTheSame(byte[] stored) {
    agreement.requireSamePlain(stored);
  }

  @FuzzTest(maxDuration = "5m")
  void javaReadsWhatLibzstdWrites(byte[] plain) throws CorruptBlockException {
    agreement.requireJavaToRead(plain);
  }
}
