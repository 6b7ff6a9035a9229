package org.kobako.block.format.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.kobako.block.format.Codec;
import org.kobako.block.format.CorruptBlockException;

class LzoFuzzTest {
  private final Agreement agreement = new Agreement(Codec.LZO);

  @FuzzTest(maxDuration = "5m")
  void whatBothFormsReadIsTheSame(byte[] stored) {
    agreement.requireSamePlain(stored);
  }

  @FuzzTest(maxDuration = "5m")
  void javaReadsWhatLiblzo2Writes(byte[] plain) throws CorruptBlockException {
    agreement.requireJavaToRead(plain);
  }

  @FuzzTest(maxDuration = "5m")
  void liblzo2ReadsWhatJavaWrites(byte[] plain) throws CorruptBlockException {
    agreement.requireLibraryToRead(plain);
  }
}
