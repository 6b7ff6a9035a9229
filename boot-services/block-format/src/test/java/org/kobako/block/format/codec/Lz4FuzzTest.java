package org.kobako.block.format.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.kobako.block.format.Codec;
import org.kobako.block.format.CorruptBlockException;

class Lz4FuzzTest {
  private final Agreement agreement = new Agreement(Codec.LZ4);

  @FuzzTest(maxDuration = "5m")
  void whatBothFormsReadIsTheSame(byte[] stored) {
    agreement.requireSamePlain(stored);
  }

  @FuzzTest(maxDuration = "5m")
  void javaReadsWhatLiblz4Writes(byte[] plain) throws CorruptBlockException {
    agreement.requireJavaToRead(plain);
  }

  @FuzzTest(maxDuration = "5m")
  void liblz4ReadsWhatJavaWrites(byte[] plain) throws CorruptBlockException {
    agreement.requireLibraryToRead(plain);
  }
}
