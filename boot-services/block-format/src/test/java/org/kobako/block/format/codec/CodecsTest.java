package org.kobako.block.format.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.Codec;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.testing.TestDisk;

class CodecsTest {
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void everyLevelOfEveryCodecComesBack(Codec codec) throws BlockException {
    byte[] disk = Arrays.copyOfRange(TestDisk.mixed(128 << 10, 32 << 10, 1), 32 << 10, 100_000);
    OffHeapBuffer plain = OffHeapBuffer.allocate(disk.length);
    plain.bytes().put(0, disk);
    Decompressors decompressors = Codecs.newDecompressors();
    for (int level = 0; level <= Levels.of(codec).highest(); level++) {
      try (Compressor compressor = Codecs.newCompressor(codec, level)) {
        OffHeapBuffer stored = OffHeapBuffer.allocate(compressor.storedCapacity(disk.length));
        int storedLength = compressor.compress(plain, disk.length, stored);
        OffHeapBuffer again = OffHeapBuffer.allocate(disk.length);

        decompressors.of(codec).decompress(stored, storedLength, again, 0, disk.length);

        assertThat(storedLength).isPositive().isLessThan(disk.length);
        assertThat(again.bytes()).isEqualTo(plain.bytes());
      }
    }
  }

  @Test
  void aLevelThatACodecLacksIsRefusedWithTheRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codecs.newCompressor(Codec.ZSTD, 23))
        .withMessage("codec zstd has levels 1..22 (default 15), not 23");
  }
}
