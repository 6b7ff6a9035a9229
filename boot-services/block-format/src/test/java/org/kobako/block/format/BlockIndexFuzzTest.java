package org.kobako.block.format;

import static org.kobako.block.format.IndexLayout.*;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Any bytes are an index or are refused. The digest is put right first, so that a fuzzer gets to
 * what lies behind it.
 */
class BlockIndexFuzzTest {
  @FuzzTest(maxDuration = "120s")
  void anyBytesBehindARightDigestAreAnIndexOrAreRefused(byte[] file) {
    if (file.length >= HEADER_BYTES + TRAILER_BYTES) {
      ByteBuffer.wrap(file)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(MAGIC_OFFSET, MAGIC)
          .putShort(FORMAT_VERSION_OFFSET, (short) FORMAT_VERSION)
          .putLong(FILE_LENGTH_OFFSET, file.length);
      CraftedIndex.sealed(file);
    }
    readAndUse(file);
  }

  @FuzzTest(maxDuration = "30s")
  void anyBytesAreAnIndexOrAreRefused(FuzzedDataProvider data) {
    readAndUse(data.consumeRemainingAsBytes());
  }

  /** What reading lets through must be safe to use: every block, without a look at its entry. */
  private static void readAndUse(byte[] file) {
    BlockIndex index;
    try {
      index = BlockIndex.read(ByteBuffer.wrap(file), new IndexTrust.Anyone());
    } catch (MalformedIndexException | UntrustedIndexException refused) {
      return;
    }
    BlockDigest digest = new BlockDigest();
    long plainLength = 0;
    long storedLength = 0;
    for (int number = 0; number < index.blockCount(); number++) {
      plainLength += index.plainLength(number);
      if (!index.isZeros(number)) {
        index.digest(number, digest);
        int stored = index.storedLength(number);
        storedLength += stored;
        if (stored < 1 || stored > index.plainLength(number)) {
          throw new AssertionError("block " + number + " has " + stored + " stored bytes");
        }
        if (index.codec(number) == Codec.NONE && stored != index.plainLength(number)) {
          throw new AssertionError("block " + number + " is stored plain, and short");
        }
      }
    }
    if (plainLength != index.plainLength() || storedLength != index.storedLengthSum()) {
      throw new AssertionError(plainLength + " plain and " + storedLength + " stored bytes");
    }
    StorePath.Index path = new StorePath.Index(index.image(), index.version());
    if (StorePath.parse(path.relative()).isEmpty()) {
      throw new AssertionError(path + " is in no store");
    }
  }
}
