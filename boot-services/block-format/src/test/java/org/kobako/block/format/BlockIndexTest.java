package org.kobako.block.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kobako.block.format.CraftedIndex.DIGEST;
import static org.kobako.block.format.CraftedIndex.entry;
import static org.kobako.block.format.CraftedIndex.sealed;
import static org.kobako.block.format.IndexLayout.*;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockIndexTest {
  private static final IndexTrust ANYONE = new IndexTrust.Anyone();

  /** Where the two sections of a {@link CraftedIndex} begin and end. */
  private static final int IMAGE = HEADER_BYTES + 2 * DIRECTORY_ENTRY_BYTES;

  private static final int IMAGE_END = IMAGE + IMAGE_NAME_OFFSET + "debian".length();
  private static final int BLOCKS = 104;
  private static final int IMAGE_DIRECTORY_ENTRY = HEADER_BYTES;
  private static final int BLOCKS_DIRECTORY_ENTRY = HEADER_BYTES + DIRECTORY_ENTRY_BYTES;

  @TempDir static Path keys;

  private static SigningKey ours;
  private static SigningKey another;

  @BeforeAll
  static void makeTwoKeys() throws Exception {
    ours = SigningKey.create(keys.resolve("ours"));
    another = SigningKey.create(keys.resolve("another"));
  }

  private static BlockIndex read(byte[] file) throws BlockException {
    return BlockIndex.read(ByteBuffer.wrap(file), ANYONE);
  }

  private static BlockIndex readWithKey(byte[] file) throws BlockException {
    return BlockIndex.read(ByteBuffer.wrap(file), new IndexTrust.SignedBy(ours.trustKey()));
  }

  private static AbstractThrowableAssert<?, ?> assertMalformed(byte[] file) {
    return assertThatThrownBy(() -> read(file)).isInstanceOf(MalformedIndexException.class);
  }

  /** A sound index with some bytes changed and its digest put right. */
  private static byte[] changed(Consumer<ByteBuffer> change) {
    byte[] file = new CraftedIndex().bytes();
    change.accept(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
    return sealed(file);
  }

  /** Everything that an index says. */
  private static String told(BlockIndex index) {
    StringBuilder told = new StringBuilder();
    told.append(index.image()).append(' ').append(index.version());
    told.append(' ').append(index.plainLength()).append(' ').append(index.blockSizeBytes());
    BlockDigest digest = new BlockDigest();
    for (int number = 0; number < index.blockCount(); number++) {
      if (index.isZeros(number)) {
        told.append(" zeros");
      } else {
        index.digest(number, digest);
        told.append(' ').append(index.codec(number)).append(index.storedLength(number));
        told.append(digest);
      }
    }
    return told.toString();
  }

  @Test
  void anIndexTellsTheImageAndItsBlocks() throws Exception {
    BlockIndex index = read(new CraftedIndex().bytes());
    assertThat(index.image()).isEqualTo(new ImageName("debian"));
    assertThat(index.version()).isEqualTo(7);
    assertThat(index.plainLength()).isEqualTo(CraftedIndex.PLAIN_LENGTH);
    assertThat(index.blockSizeBytes()).isEqualTo(64 << 10);
    assertThat(index.blockCount()).isEqualTo(3);
    assertThat(index.codec(0)).isEqualTo(Codec.ZLIB);
    assertThat(index.storedLength(0)).isEqualTo(500);
    assertThat(index.plainLength(0)).isEqualTo(64 << 10);
    assertThat(index.isZeros(1)).isTrue();
    assertThat(index.codec(2)).isEqualTo(Codec.NONE);
    assertThat(index.plainLength(2)).isEqualTo(1000);
    assertThat(index.storedLengthSum()).isEqualTo(1500);
    BlockDigest digest = new BlockDigest();
    index.digest(0, digest);
    assertThat(digest.bytes()).isEqualTo(DIGEST);
  }

  @Test
  void aBlockOfZerosHasNothingToFetch() throws Exception {
    BlockIndex index = read(new CraftedIndex().bytes());
    assertThatThrownBy(() -> index.digest(1, new BlockDigest()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> index.codec(1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> index.storedLength(1)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void aBlockThatTheImageDoesNotHaveIsOutOfBounds(int number) throws Exception {
    BlockIndex index = read(new CraftedIndex().bytes());
    assertThatThrownBy(() -> index.isZeros(number)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void anEmptyDiskHasNoBlocks() throws Exception {
    assertThat(read(new CraftedIndex().plainLength(0).entries().bytes()).blockCount()).isZero();
  }

  @Test
  void anIndexIsReadFromTheMiddleOfABufferToo() throws Exception {
    byte[] file = new CraftedIndex().bytes();
    ByteBuffer around = ByteBuffer.allocateDirect(file.length + 20).position(13).put(file);
    around.limit(13 + file.length).position(13);
    assertThat(told(BlockIndex.read(around, ANYONE))).isEqualTo(told(read(file)));
  }

  @Test
  void truncatedAtAnyLengthItIsRefused() {
    byte[] file = new CraftedIndex().signedBy(ours);
    for (int length = 0; length < file.length; length++) {
      assertMalformed(Arrays.copyOf(file, length)).hasMessageMatching(".* bytes; expected .*");
    }
  }

  @Test
  void withBytesBehindItsEndItIsRefused() {
    byte[] file = new CraftedIndex().bytes();
    assertMalformed(Arrays.copyOf(file, file.length + 1)).hasMessageContaining("says it has");
  }

  @Test
  void withAnyBitFlippedItIsRefusedEvenIfNoKeyIsGiven() {
    byte[] file = new CraftedIndex().signedBy(ours);
    for (int bit = 0; bit < file.length * 8; bit++) {
      file[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> read(file))
          .as("bit %s", bit)
          .isInstanceOfAny(MalformedIndexException.class, UntrustedIndexException.class)
          .hasMessageMatching("(?s).{30,200}");
      file[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  /** Else two packs of one disk could differ, and bytes could hide where nobody looks. */
  @Test
  void anIndexHasOneFormSoThatAnyOtherBitIsRefusedOrTellsSomethingElse() throws Exception {
    byte[] sound = new CraftedIndex().section(100, 0, new byte[5]).bytes();
    int optionalSection = sound.length - TRAILER_BYTES - 5;
    String told = told(read(sound));
    for (int bit = 0; bit < optionalSection * 8; bit++) {
      byte[] file = sound.clone();
      file[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        String toldNow = told(read(sealed(file)));
        boolean typeOfOptionalSection = bit / 8 >= 72 && bit / 8 < 74;
        assertThat(toldNow.equals(told)).as("bit %s", bit).isEqualTo(typeOfOptionalSection);
      } catch (MalformedIndexException refused) {
        assertThat(refused).hasMessageMatching("(?s).{30,200}");
      }
    }
  }

  @Test
  void whatIsNoIndexIsSaidToBeNone() {
    byte[] page =
        "<html><body>404 Not Found</body></html>".repeat(10).getBytes(StandardCharsets.US_ASCII);
    assertMalformed(page).hasMessageContaining("no block index");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 65535})
  void anotherFormatVersionNeedsAnotherKobako(int format) {
    assertMalformed(changed(file -> file.putShort(FORMAT_VERSION_OFFSET, (short) format)))
        .hasMessageContaining("format version " + format)
        .hasMessageContaining("use a matching Kobako");
  }

  // What it says of itself.

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1_000_000_000_000_000_000L})
  void aVersionThatNoFileNameHasIsRefused(long version) {
    assertMalformed(new CraftedIndex().version(version).bytes())
        .hasMessageContaining("version " + version);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../etc",
        "..",
        ".",
        "",
        "a/b",
        "a\\b",
        "-rf",
        ".hidden",
        "a\0b",
        "n\u00e4me",
        "a b"
      })
  void aNameThatIsNoFileNameIsRefused(String name) {
    assertMalformed(new CraftedIndex().name(name).bytes()).hasMessageContaining("name");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 7, 65, -1, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void aNameThatIsNotAsLongAsItsSectionIsRefused(int nameLength) {
    assertMalformed(new CraftedIndex().nameLength(nameLength).bytes()).hasMessageContaining("name");
  }

  @Test
  void aNameOf65CharactersIsRefused() {
    assertMalformed(new CraftedIndex().name("n".repeat(65)).bytes()).hasMessageContaining("65");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 32768, 65537, 3 << 16, 2 << 20, -1, Integer.MIN_VALUE})
  void aBlockSizeThatIsNoneIsRefused(int blockSize) {
    assertMalformed(new CraftedIndex().blockSize(blockSize).bytes())
        .hasMessageContaining("65536..1048576");
  }

  // Counts that lie.

  @ParameterizedTest
  @CsvSource({
    "655360000000, 10000000 entries",
    "9223372036854775807, 140737488355328 entries",
    "-1, -1 bytes",
    "0, 0 entries",
    "196608, block 2 has" // the count is right, the length of the last block is not
  })
  void aLengthThatTheEntriesDoNotCoverIsRefusedAndNothingIsAllocatedForIt(
      long plainLength, String reason) {
    byte[] file = new CraftedIndex().plainLength(plainLength).bytes();
    assertThat(allocatedBytesOf(() -> assertRefused(file))).isLessThan(256 << 10);
    assertMalformed(file).hasMessageContaining(reason);
  }

  @Test
  void tenMillionEntriesThatAreNotInTheFileAreRefusedAndNothingIsAllocatedForThem() {
    byte[] file =
        changed(index ->
            index
                .putLong(IMAGE + IMAGE_PLAIN_LENGTH_OFFSET, 10_000_000L << 16)
                .putLong(
                    BLOCKS_DIRECTORY_ENTRY + SECTION_LENGTH_OFFSET, 10_000_000L * ENTRY_BYTES));
    assertThat(allocatedBytesOf(() -> assertRefused(file))).isLessThan(256 << 10);
    assertMalformed(file).hasMessageContaining("section 2 lies at 104+360000000");
  }

  @Test
  void aHundredThousandEntriesAreReadWithoutMemoryOfTheirOwn() {
    byte[][] entries = new byte[100_000][];
    Arrays.fill(entries, entry(DIGEST, Codec.ZLIB.wire(), 500));
    byte[] file = new CraftedIndex().plainLength(100_000L << 16).entries(entries).bytes();
    assertThat(allocatedBytesOf(() -> assertThat(read(file).blockCount()).isEqualTo(100_000)))
        .isLessThan(256 << 10);
  }

  private interface Act {
    void run() throws Exception;
  }

  private static void assertRefused(byte[] file) throws BlockException {
    try {
      read(file);
    } catch (MalformedIndexException expected) {
      return;
    }
    throw new AssertionError("not refused");
  }

  private static long allocatedBytesOf(Act act) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      act.run();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 339, -1, Long.MAX_VALUE})
  void aFileLengthThatLiesIsRefused(long length) {
    assertMalformed(changed(file -> file.putLong(FILE_LENGTH_OFFSET, length)))
        .hasMessageContaining("says it has " + length);
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 64, 65, 65535})
  void moreSectionsThanThereIsRoomForAreRefused(int count) {
    assertMalformed(changed(file -> file.putShort(SECTION_COUNT_OFFSET, (short) count)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void anIndexWithoutImageOrBlocksIsRefused(int count) {
    assertMalformed(changed(file -> file.putShort(SECTION_COUNT_OFFSET, (short) count)));
  }

  // Sections: one after the other, on 8 bytes, with zeros between.

  @ParameterizedTest
  @CsvSource({
    "96", // overlaps the image section
    "0", // lies in the header
    "105", // not on 8 bytes
    "112", // leaves a gap
    "-8",
    "9223372036854775800"
  })
  void aSectionThatDoesNotLieBehindTheOneBeforeIsRefused(long offset) {
    assertMalformed(
            changed(file -> file.putLong(BLOCKS_DIRECTORY_ENTRY + SECTION_OFFSET_OFFSET, offset)))
        .hasMessageContaining("section 2 lies at " + offset);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -36, 109, 100_000, Long.MAX_VALUE, Long.MIN_VALUE})
  void aSectionThatReachesIntoTheTrailerIsRefused(long length) {
    assertMalformed(
            changed(file -> file.putLong(BLOCKS_DIRECTORY_ENTRY + SECTION_LENGTH_OFFSET, length)))
        .hasMessageContaining("section 2 lies at 104+" + length);
  }

  @Test
  void aGapBeforeTheTrailerIsRefused() {
    assertMalformed(
            changed(file ->
                file.putLong(BLOCKS_DIRECTORY_ENTRY + SECTION_LENGTH_OFFSET, 2 * ENTRY_BYTES)))
        .hasMessageContaining("the last section ends at 176");
  }

  @Test
  void sectionsOutOfOrderAreRefused() {
    assertMalformed(
            changed(file ->
                file.putShort(IMAGE_DIRECTORY_ENTRY + SECTION_TYPE_OFFSET, (short) TYPE_BLOCKS)
                    .putShort(BLOCKS_DIRECTORY_ENTRY + SECTION_TYPE_OFFSET, (short) TYPE_IMAGE)))
        .hasMessageContaining("section 1 stands behind section 2");
  }

  @Test
  void aSectionThatIsThereTwiceIsRefused() {
    assertMalformed(
            new CraftedIndex().section(9, 0, new byte[8]).section(9, 0, new byte[8]).bytes())
        .hasMessageContaining("section 9 stands behind section 9");
  }

  @Test
  void aSectionOfType0IsRefused() {
    assertMalformed(changed(file -> file.putShort(IMAGE_DIRECTORY_ENTRY, (short) 0)));
  }

  @Test
  void paddingThatIsNotZeroIsRefused() {
    assertMalformed(new CraftedIndex().padding(1).bytes()).hasMessageContaining("padding");
    assertMalformed(changed(file -> file.put(IMAGE_END, (byte) 1)))
        .hasMessageContaining("padding before section 2");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        RESERVED_OFFSET,
        RESERVED_OFFSET + 3,
        IMAGE_DIRECTORY_ENTRY + SECTION_RESERVED_OFFSET,
        BLOCKS_DIRECTORY_ENTRY + SECTION_RESERVED_OFFSET + 3,
        IMAGE_DIRECTORY_ENTRY + SECTION_FLAGS_OFFSET + 1
      })
  void bytesThatMeanNothingAreZeroOrTheIndexIsRefused(int offset) {
    assertMalformed(changed(file -> file.put(offset, (byte) 0x40)))
        .hasMessageContaining("mean nothing");
  }

  @Test
  void anUnknownOptionalSectionIsSkipped() throws Exception {
    byte[] file =
        new CraftedIndex()
            .section(100, 0, "seek table of a later Kobako".getBytes(StandardCharsets.US_ASCII))
            .section(65535, 0, new byte[0])
            .bytes();
    assertThat(told(read(file))).isEqualTo(told(read(new CraftedIndex().bytes())));
  }

  @Test
  void anUnknownRequiredSectionNeedsANewerKobako() {
    assertMalformed(new CraftedIndex().section(3, FLAG_REQUIRED, new byte[64]).bytes())
        .hasMessageContaining("section type 3")
        .hasMessageContaining("use a newer Kobako");
  }

  @Test
  void aSectionThatEveryoneNeedsCannotBeOptional() {
    assertMalformed(
            changed(file -> file.putShort(IMAGE_DIRECTORY_ENTRY + SECTION_FLAGS_OFFSET, (short) 0)))
        .hasMessageContaining("section 1 is marked as optional");
  }

  // Entries.

  @ParameterizedTest
  @CsvSource({
    "1, 0", // nothing stored
    "1, 65536", // did not shrink: that is codec none
    "1, 16777215",
    "0, 65535", // stored plain, and short
    "0, 65537",
    "0, 0",
    "5, 100", // no such codec
    "254, 100",
    "255, 1" // zeros with stored bytes
  })
  void anEntryThatNoPackerWritesIsRefused(int codec, int storedLength) {
    byte[] digest = codec == 255 ? new byte[32] : DIGEST;
    assertMalformed(
            new CraftedIndex()
                .plainLength(65536)
                .entries(entry(digest, codec, storedLength))
                .bytes())
        .hasMessageContaining("block 0 has codec " + codec + " and " + storedLength);
  }

  @Test
  void zerosWithADigestAreRefused() {
    assertMalformed(
        new CraftedIndex().plainLength(65536).entries(entry(DIGEST, CODEC_ZEROS, 0)).bytes());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 35, 37, 71})
  void aPartOfAnEntryIsRefused(int length) {
    byte[] file = new CraftedIndex().plainLength(65536).entries(new byte[length]).bytes();
    assertMalformed(file).hasMessageContaining(length + " bytes of entries");
  }

  // Trust.

  @Test
  void whatOurKeySignedIsGood() throws Exception {
    assertThat(readWithKey(new CraftedIndex().signedBy(ours)).version()).isEqualTo(7);
    assertThat(read(new CraftedIndex().signedBy(ours)).version()).isEqualTo(7);
  }

  @Test
  void anUnsignedIndexIsRefusedWhereAKeyIsGiven() {
    assertThatThrownBy(() -> readWithKey(new CraftedIndex().bytes()))
        .isInstanceOf(UntrustedIndexException.class)
        .hasMessageContaining("not signed")
        .hasMessageContaining(ours.trustKey().id());
  }

  @Test
  void anIndexSignedByAnotherKeyIsRefusedWithBothKeys() {
    assertThatThrownBy(() -> readWithKey(new CraftedIndex().signedBy(another)))
        .isInstanceOf(UntrustedIndexException.class)
        .hasMessageContaining(ours.trustKey().id())
        .hasMessageContaining(another.trustKey().id());
  }

  @Test
  void anIndexThatSaysOurKeyAndHasTheSignatureOfAnotherIsRefused() {
    byte[] file = new CraftedIndex().signedBy(another);
    byte[] forged = file.clone();
    System.arraycopy(
        ours.trustKey().point(),
        0,
        forged,
        forged.length - TRAILER_BYTES + TRAILER_KEY_OFFSET,
        KEY_BYTES);
    assertThatThrownBy(() -> readWithKey(forged))
        .isInstanceOf(UntrustedIndexException.class)
        .hasMessageContaining("the signature is wrong");
    assertThatThrownBy(() -> read(forged))
        .isInstanceOf(UntrustedIndexException.class)
        .hasMessageContaining("the signature is wrong");
  }

  @Test
  void aSignatureOfAnotherVersionIsRefused() {
    byte[] older = new CraftedIndex().version(6).signedBy(ours);
    byte[] newer = new CraftedIndex().bytes();
    int from = TRAILER_BYTES - TRAILER_SCHEME_OFFSET;
    System.arraycopy(older, older.length - from, newer, newer.length - from, from);
    assertThatThrownBy(() -> readWithKey(newer))
        .isInstanceOf(UntrustedIndexException.class)
        .hasMessageContaining("the signature is wrong");
  }

  @Test
  void anUnknownSignatureSchemeIsRefused() {
    byte[] file = new CraftedIndex().signedBy(ours);
    file[file.length - TRAILER_BYTES + TRAILER_SCHEME_OFFSET] = 2;
    assertMalformed(file).hasMessageContaining("signature scheme 2");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        TRAILER_RESERVED_OFFSET,
        TRAILER_KEY_OFFSET,
        TRAILER_SIGNATURE_OFFSET,
        TRAILER_BYTES - 1
      })
  void anUnsignedTrailerHasNothingButItsDigest(int offset) {
    byte[] file = new CraftedIndex().bytes();
    file[file.length - TRAILER_BYTES + offset] = 1;
    assertMalformed(file).hasMessageContaining("mean nothing");
  }

  @Test
  void theSameContentIsToldApartFromTheSameVersion() throws Exception {
    BlockIndex index = read(new CraftedIndex().bytes());
    assertThat(index.sameContent(read(new CraftedIndex().version(8).signedBy(ours)))).isTrue();
    assertThat(index.sameContent(read(new CraftedIndex().name("other").bytes()))).isFalse();
    byte[] otherDigest = changed(file -> file.put(BLOCKS + ENTRY_DIGEST_OFFSET, (byte) 1));
    assertThat(index.sameContent(read(otherDigest))).isFalse();
  }
}
