package org.kobako.block.format.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.block.format.Codec;

class CodecsTest {
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void everyLevelOfEveryCodecComesBack(Codec codec) throws IOException {
    byte[] plain = Contents.MACHINE_CODE.of(65536);
    Decompressors decompressors = Codecs.newDecompressors();
    for (int level = 0; level <= Levels.of(codec).highest(); level++) {
      byte[] stored = StoredBytes.of(Codecs.newCompressor(codec, level), plain);

      assertThat(stored).hasSizeLessThan(plain.length);
      assertThat(StoredBytes.plain(decompressors.of(codec), stored, plain.length))
          .as("level %d", level)
          .isEqualTo(plain);
    }
  }

  @Test
  void aLevelThatACodecLacksIsRefusedWithTheRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codecs.newCompressor(Codec.ZSTD, 23))
        .withMessage("codec zstd has levels 1..22 (default 15), not 23");
  }

  @Test
  void aLevelThatOnlyALibraryHasNamesTheLibrarysPackage() {
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> Form.JAVA.newCompressor(Codec.ZSTD, 0))
        .withMessageContaining("Debian package libzstd1");
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> Form.JAVA.newCompressor(Codec.LZO, 9))
        .withMessageContaining("Debian package liblzo2-2");
  }

  @Test
  void librariesThatAreHereAreUsedAndNamed() {
    assertThat(PrintForms.inAProcess().succeeded().lines().toList())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .matches(
                        "lz4 liblz4 1\\.\\S+, lzo liblzo2 2\\.\\S+, zstd libzstd 1\\.\\S+,"
                            + " zlib jdk, sha-256 libcrypto 3\\.\\S+"),
            line -> assertThat(line).isEqualTo("none: copy"),
            line -> assertThat(line).isEqualTo("zlib: jdk level 9"),
            line -> assertThat(line).matches("lzo: liblzo2 2\\.\\S+ level 8"),
            line -> assertThat(line).matches("lz4: liblz4 1\\.\\S+ level 1"),
            line -> assertThat(line).matches("zstd: libzstd 1\\.\\S+ level 15"));
  }

  @Test
  void thePropertiesForceTheFormsInJava() {
    assertThat(PrintForms.inAProcess("-Dkobako.codec=java", "-Dkobako.digest=jdk").succeeded())
        .isEqualTo(PrintForms.ALL_IN_JAVA);
  }

  @Test
  void anotherValueOfAPropertyIsRefusedWithTheOnesThereAre() {
    assertThat(PrintForms.inAProcess("-Dkobako.codec=fast").output())
        .contains("-Dkobako.codec is java or native, not fast");
    assertThat(PrintForms.inAProcess("-Dkobako.digest=md5").output())
        .contains("-Dkobako.digest is jdk or libcrypto, not md5");
  }

  @Test
  void theSampleOfEachCodecDecodesToTheSameBytes() throws IOException {
    Decompressor lzo = Form.JAVA.newDecompressor(Codec.LZO, new HeapScratch());
    Decompressor lz4 = Form.JAVA.newDecompressor(Codec.LZ4, new HeapScratch());
    Decompressor zstd = Form.NATIVE.newDecompressor(Codec.ZSTD, new HeapScratch());
    byte[] plain = StoredBytes.plain(zstd, FormChoice.sample(Codec.ZSTD), FormChoice.SAMPLE_BYTES);

    assertThat(StoredBytes.plain(lzo, FormChoice.sample(Codec.LZO), FormChoice.SAMPLE_BYTES))
        .isEqualTo(plain);
    assertThat(StoredBytes.plain(lz4, FormChoice.sample(Codec.LZ4), FormChoice.SAMPLE_BYTES))
        .isEqualTo(plain);
  }
}
