package org.kobako.block.format.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Adler32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.format.Codec;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.testing.Peer;

/** Our stored blocks and those of the codecs' own command-line tools, each read by the other. */
@Tag("interop")
class CodecInteropTest {
  private static final int PLAIN_BYTES = 1 << 20;

  @TempDir private Path dir;
  private Path plainFile;
  private Path storedFile;
  private byte[] plain;

  @BeforeEach
  void takeAPieceOfTheJdk() throws IOException {
    plainFile = dir.resolve("plain");
    storedFile = dir.resolve("stored");
    plain = Contents.MACHINE_CODE.of(PLAIN_BYTES);
    Files.write(plainFile, plain);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "-3",
        "-19",
        "--ultra -22 --long",
        "--fast=5",
        "--no-check -9",
        "--no-content-size -9",
        "-19 --no-compress-literals",
        "--zstd=wlog=10 -15",
        "--zstd=strat=1,wlog=14",
        "-12 -B65536 -T2"
      })
  void bothFormsReadZstdsOwnFrames(String options) throws IOException {
    shell("zstd -q " + options + " -c plain > stored");

    assertBothRead(Codec.ZSTD, Files.readAllBytes(storedFile));
  }

  @Test
  void bothFormsReadAFrameOfUnknownLength() throws IOException {
    shell("zstd -q -c < plain > stored");

    assertBothRead(Codec.ZSTD, Files.readAllBytes(storedFile));
  }

  @Test
  void aFrameWhoseChecksumDiffersIsRefusedByBothForms() throws IOException {
    shell("zstd -q --check -c plain > stored");
    byte[] stored = Files.readAllBytes(storedFile);
    stored[stored.length - 1] ^= 1;

    for (Form form : Form.values()) {
      Decompressor decompressor = form.newDecompressor(Codec.ZSTD, new HeapScratch());
      assertThatExceptionOfType(CorruptBlockException.class)
          .isThrownBy(() -> StoredBytes.plain(decompressor, stored, PLAIN_BYTES));
    }
  }

  @Test
  void zstdReadsOurFrame() throws IOException {
    Files.write(storedFile, StoredBytes.of(Form.NATIVE.newCompressor(Codec.ZSTD, 0), plain));

    shell("zstd -q -d -c < stored | cmp - plain");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-9", "-12"})
  void bothFormsReadTheBlockOfAnLz4Frame(String level) throws IOException {
    shell("lz4 -q -l " + level + " -c plain > stored");
    ByteBuffer frame =
        ByteBuffer.wrap(Files.readAllBytes(storedFile)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(frame.getInt()).isEqualTo(Lz4LegacyFrame.MAGIC);
    byte[] stored = new byte[frame.getInt()];
    frame.get(stored);

    assertBothRead(Codec.LZ4, stored);
  }

  @ParameterizedTest
  @EnumSource
  void lz4ReadsOurBlockInItsFrame(Form form) throws IOException {
    byte[] stored = StoredBytes.of(form.newCompressor(Codec.LZ4, 0), plain);
    Files.write(storedFile, Lz4LegacyFrame.of(stored));

    shell("lz4 -q -d -c < stored | cmp - plain");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-3", "-9"})
  void bothFormsReadTheBlocksOfAnLzopFile(String level) throws IOException {
    shell("lzop -q " + level + " -c plain > stored");

    int at = 0;
    for (LzopFile.Block block : LzopFile.read(Files.readAllBytes(storedFile))) {
      byte[] expected = new byte[block.plainLength()];
      System.arraycopy(plain, at, expected, 0, expected.length);
      at += expected.length;
      if (block.stored().length < expected.length) {
        assertBothRead(Codec.LZO, block.stored(), expected);
      }
    }
    assertThat(at).isEqualTo(PLAIN_BYTES);
  }

  @ParameterizedTest
  @EnumSource
  void lzopReadsOurBlocksInItsFile(Form form) throws IOException {
    List<LzopFile.Block> blocks = new ArrayList<>();
    for (int at = 0; at < PLAIN_BYTES; at += PLAIN_BYTES / 4) {
      byte[] part = new byte[PLAIN_BYTES / 4];
      System.arraycopy(plain, at, part, 0, part.length);
      byte[] stored = StoredBytes.of(form.newCompressor(Codec.LZO, at == 0 ? 1 : 0), part);
      blocks.add(new LzopFile.Block(part.length, stored));
    }
    Files.write(storedFile, LzopFile.write(blocks));

    shell("lzop -q -d -c < stored | cmp - plain");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-9", "-11"})
  void zlibStreamsOfPigzAreRead(String level) throws IOException {
    shell("pigz -z -n " + level + " -c plain > stored");
    Decompressor decompressor = Form.JAVA.newDecompressor(Codec.ZLIB, new HeapScratch());

    assertThat(StoredBytes.plain(decompressor, Files.readAllBytes(storedFile), PLAIN_BYTES))
        .isEqualTo(plain);
  }

  @Test
  void pigzReadsOurZlibStream() throws IOException {
    Files.write(storedFile, StoredBytes.of(Form.JAVA.newCompressor(Codec.ZLIB, 0), plain));

    shell("pigz -d -c < stored | cmp - plain");
  }

  private void assertBothRead(Codec codec, byte[] stored) throws IOException {
    assertBothRead(codec, stored, plain);
  }

  private static void assertBothRead(Codec codec, byte[] stored, byte[] expected)
      throws IOException {
    for (Form form : Form.values()) {
      Decompressor decompressor = form.newDecompressor(codec, new HeapScratch());
      assertThat(StoredBytes.plain(decompressor, stored, expected.length))
          .as("%s", form)
          .isEqualTo(expected);
    }
  }

  private void shell(String script) {
    Peer.run("sh", "-e", "-c", "cd '" + dir + "'; " + script).succeeded();
  }

  /** The LZ4 project's legacy frame: a magic number, then blocks with their stored lengths. */
  private static final class Lz4LegacyFrame {
    static final int MAGIC = 0x184C2102;

    static byte[] of(byte[] stored) {
      return ByteBuffer.allocate(8 + stored.length)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(MAGIC)
          .putInt(stored.length)
          .put(stored)
          .array();
    }
  }

  /** As much of lzop's container as it takes: big-endian, a header and blocks up to a zero. */
  private static final class LzopFile {
    private static final byte[] MAGIC = {(byte) 0x89, 'L', 'Z', 'O', 0, '\r', '\n', 0x1a, '\n'};
    private static final int VERSION = 0x1040;
    private static final int LIBRARY_VERSION = 0x20a0;
    private static final int NEEDED_VERSION = 0x0940;
    private static final int METHOD_LZO1X_1 = 1;
    private static final int FLAG_ADLER32_PLAIN = 1;
    private static final int FLAG_ADLER32_STORED = 2;
    private static final int FLAG_CRC32_PLAIN = 0x100;
    private static final int FLAG_CRC32_STORED = 0x200;
    private static final int FLAG_FILTER = 0x800;

    record Block(int plainLength, byte[] stored) {}

    static List<Block> read(byte[] file) {
      ByteBuffer in = ByteBuffer.wrap(file, MAGIC.length, file.length - MAGIC.length);
      in.getShort();
      in.getShort();
      in.getShort();
      in.get();
      in.get();
      int flags = in.getInt();
      assertThat(flags & FLAG_FILTER).isZero();
      in.getInt();
      in.getLong();
      int nameLength = in.get() & 0xff;
      in.position(in.position() + nameLength);
      in.getInt();
      List<Block> blocks = new ArrayList<>();
      for (int plainLength = in.getInt(); plainLength != 0; plainLength = in.getInt()) {
        byte[] stored = new byte[in.getInt()];
        skipChecksum(in, flags & FLAG_ADLER32_PLAIN);
        skipChecksum(in, flags & FLAG_CRC32_PLAIN);
        if (stored.length < plainLength) {
          skipChecksum(in, flags & FLAG_ADLER32_STORED);
          skipChecksum(in, flags & FLAG_CRC32_STORED);
        }
        in.get(stored);
        blocks.add(new Block(plainLength, stored));
      }
      return blocks;
    }

    private static void skipChecksum(ByteBuffer in, int flag) {
      if (flag != 0) {
        in.getInt();
      }
    }

    static byte[] write(List<Block> blocks) {
      ByteBuffer out = ByteBuffer.allocate(PLAIN_BYTES + 4096);
      out.put(MAGIC);
      int header = out.position();
      out.putShort((short) VERSION)
          .putShort((short) LIBRARY_VERSION)
          .putShort((short) NEEDED_VERSION)
          .put((byte) METHOD_LZO1X_1)
          .put((byte) 5)
          .putInt(0)
          .putInt(0100644)
          .putLong(0)
          .put((byte) 0);
      Adler32 adler = new Adler32();
      adler.update(out.array(), header, out.position() - header);
      out.putInt((int) adler.getValue());
      for (Block block : blocks) {
        out.putInt(block.plainLength).putInt(block.stored.length).put(block.stored);
      }
      out.putInt(0);
      byte[] file = new byte[out.position()];
      out.get(0, file);
      return file;
    }
  }
}
