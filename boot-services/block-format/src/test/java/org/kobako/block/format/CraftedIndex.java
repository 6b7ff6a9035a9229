package org.kobako.block.format;

import static org.kobako.block.format.IndexLayout.*;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An index file made by hand, with whatever is asked for in it, and a digest that is right all the
 * same: what a hostile packer could write. As it comes, it is a sound one of three blocks: one of
 * text, one of zeros, a short last one that is stored plain.
 */
final class CraftedIndex {
  static final int BLOCK_BYTES = 64 << 10;
  static final long PLAIN_LENGTH = 2 * BLOCK_BYTES + 1000;
  static final byte[] DIGEST = new byte[32];

  static {
    Arrays.fill(DIGEST, (byte) 0xd1);
  }

  private record Section(int type, int flags, byte[] content) {}

  private long version = 7;
  private long plainLength = PLAIN_LENGTH;
  private int blockSizeBytes = BLOCK_BYTES;
  private String name = "debian";
  private int nameLength = name.length();
  private int paddingByte;
  private byte[] entries =
      concatenated(
          entry(DIGEST, Codec.ZLIB.wire(), 500),
          entry(new byte[32], CODEC_ZEROS, 0),
          entry(DIGEST, Codec.NONE.wire(), 1000));
  private final List<Section> more = new ArrayList<>();

  CraftedIndex version(long version) {
    this.version = version;
    return this;
  }

  CraftedIndex plainLength(long plainLength) {
    this.plainLength = plainLength;
    return this;
  }

  CraftedIndex blockSize(int bytes) {
    this.blockSizeBytes = bytes;
    return this;
  }

  CraftedIndex name(String name) {
    this.name = name;
    this.nameLength = name.length();
    return this;
  }

  CraftedIndex nameLength(int nameLength) {
    this.nameLength = nameLength;
    return this;
  }

  CraftedIndex padding(int paddingByte) {
    this.paddingByte = paddingByte;
    return this;
  }

  CraftedIndex entries(byte[]... entries) {
    this.entries = concatenated(entries);
    return this;
  }

  /** Adds a section behind the two that every index has. */
  CraftedIndex section(int type, int flags, byte[] content) {
    more.add(new Section(type, flags, content));
    return this;
  }

  static byte[] entry(byte[] digest, int codec, int storedLength) {
    return ByteBuffer.allocate(ENTRY_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(digest)
        .putInt(codec << ENTRY_CODEC_SHIFT | storedLength)
        .array();
  }

  private static byte[] concatenated(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private byte[] image() {
    byte[] nameBytes = name.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(IMAGE_NAME_OFFSET + nameBytes.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(version)
        .putLong(plainLength)
        .putInt(blockSizeBytes)
        .putInt(nameLength)
        .put(nameBytes)
        .array();
  }

  /** The file, unsigned. */
  byte[] bytes() {
    List<Section> sections = new ArrayList<>();
    sections.add(new Section(TYPE_IMAGE, FLAG_REQUIRED, image()));
    sections.add(new Section(TYPE_BLOCKS, FLAG_REQUIRED, entries));
    sections.addAll(more);
    int end = HEADER_BYTES + sections.size() * DIRECTORY_ENTRY_BYTES;
    int[] offsets = new int[sections.size()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = (end + 7) / 8 * 8;
      end = offsets[i] + sections.get(i).content.length;
    }
    byte[] file = new byte[end + TRAILER_BYTES];
    Arrays.fill(file, 0, end, (byte) paddingByte);
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    bytes
        .putLong(MAGIC)
        .putShort((short) FORMAT_VERSION)
        .putShort((short) sections.size())
        .putInt(0)
        .putLong(file.length);
    for (int i = 0; i < offsets.length; i++) {
      Section section = sections.get(i);
      bytes
          .putShort((short) section.type)
          .putShort((short) section.flags)
          .putInt(0)
          .putLong(offsets[i])
          .putLong(section.content.length)
          .put(offsets[i], section.content);
    }
    return sealed(file);
  }

  /** The file, signed. */
  byte[] signedBy(SigningKey key) {
    return signed(bytes(), key);
  }

  /** Puts the right digest into a file that was changed. */
  static byte[] sealed(byte[] file) {
    return signed(file, null);
  }

  static byte[] signed(byte[] file, @Nullable SigningKey key) {
    int trailer = file.length - TRAILER_BYTES;
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    byte[] digest = BlockIndex.sha256(bytes, trailer);
    bytes.put(trailer + TRAILER_DIGEST_OFFSET, digest);
    if (key != null) {
      bytes
          .putInt(trailer + TRAILER_SCHEME_OFFSET, SCHEME_ED25519)
          .put(trailer + TRAILER_KEY_OFFSET, key.trustKey().point())
          .put(trailer + TRAILER_SIGNATURE_OFFSET, key.sign(digest));
    }
    return file;
  }
}
