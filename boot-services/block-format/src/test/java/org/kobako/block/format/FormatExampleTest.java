package org.kobako.block.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.digest.Digesters;

/** The annotated index of FORMAT.md, byte by byte. */
class FormatExampleTest {
  @TempDir Path directory;

  private SigningKey key;
  private byte[] documented;

  @BeforeEach
  void readTheDocument() throws IOException {
    documented = hexDumpOf(Files.readString(Path.of("FORMAT.md")));
    key =
        SigningKeyTest.ofSeed(
            directory,
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  }

  /** Lines of {@code offset bytes | meaning}; the offsets must be those of the bytes. */
  private static byte[] hexDumpOf(String document) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    document
        .lines()
        .filter(line -> line.matches("[0-9a-f]{4}  [0-9a-f ]+\\|.*"))
        .forEach(line -> {
          assertThat(Integer.parseInt(line.substring(0, 4), 16)).isEqualTo(bytes.size());
          String hex = line.substring(4, line.indexOf('|')).replace(" ", "");
          bytes.writeBytes(HexFormat.of().parseHex(hex));
        });
    return bytes.toByteArray();
  }

  private static BlockDigest digestOf(byte[] stored) {
    OffHeapBuffer bytes = OffHeapBuffer.allocate(stored.length);
    bytes.bytes().put(0, stored);
    BlockDigest digest = new BlockDigest();
    Digesters.newDigester().digest(bytes, stored.length, digest);
    return digest;
  }

  @Test
  void theExampleIsWhatThePackerWrites() throws Exception {
    byte[] letters = new byte[64 << 10];
    Arrays.fill(letters, (byte) 'k');
    byte[] hello = "hello\n".getBytes(StandardCharsets.US_ASCII);
    Path file = directory.resolve("1.index");
    try (BlockIndexWriter writer =
        BlockIndexWriter.create(
            file, new ImageName("demo"), 1, 2 * letters.length + hello.length, letters.length)) {
      writer.setStored(0, digestOf(letters), Codec.NONE, letters.length);
      writer.setZeros(1);
      writer.setStored(2, digestOf(hello), Codec.NONE, hello.length);
      writer.seal(key);
    }
    assertThat(HexFormat.of().formatHex(documented))
        .isEqualTo(HexFormat.of().formatHex(Files.readAllBytes(file)));
  }

  @Test
  void theExampleIsGoodForWhoTrustsItsKey() throws Exception {
    BlockIndex index =
        BlockIndex.read(ByteBuffer.wrap(documented), new IndexTrust.SignedBy(key.trustKey()));
    assertThat(index.image()).hasToString("demo");
    assertThat(index.blockCount()).isEqualTo(3);
  }
}
