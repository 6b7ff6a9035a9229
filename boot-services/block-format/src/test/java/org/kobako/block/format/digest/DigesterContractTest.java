package org.kobako.block.format.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.testing.TestDisk;

/** What both forms of the digest owe their caller. */
@ParameterizedClass
@MethodSource("digesters")
class DigesterContractTest {
  private final Digester digester;
  private final BlockDigest digest = new BlockDigest();

  DigesterContractTest(Digester digester) {
    this.digester = digester;
  }

  static List<Digester> digesters() {
    return List.of(new JdkDigester(), new Libcrypto());
  }

  /** The three examples of FIPS 180-2, appendix B. */
  @Test
  void theStandardsExamplesHaveTheirDigests() {
    digest("abc");
    assertThat(digest.toHex())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
    assertThat(digest.toHex())
        .isEqualTo("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    digest("a".repeat(1_000_000));
    assertThat(digest.toHex())
        .isEqualTo("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }

  @Test
  void onlyTheBytesUsedAreDigested() {
    OffHeapBuffer bytes = OffHeapBuffer.allocate(100);
    byte[] noise = TestDisk.mixed(100, 100, 1);
    BlockDigest clean = new BlockDigest();
    bytes.bytes().put(0, noise, 0, 60);
    digester.digest(bytes, 60, clean);

    bytes.bytes().put(0, noise);
    bytes.bytes().limit(8).position(4);
    digester.digest(bytes, 60, digest);

    assertThat(digest.sameAs(clean)).isTrue();
    assertThat(bytes.bytes().position()).isEqualTo(4);
    assertThat(bytes.bytes().limit()).isEqualTo(8);
  }

  @Test
  void piecesHaveTheDigestOfTheWhole() {
    OffHeapBuffer whole = OffHeapBuffer.allocate(1000);
    whole.bytes().put(0, TestDisk.mixed(1000, 100, 3));
    BlockDigest ofWhole = new BlockDigest();
    digester.digest(whole, 1000, ofWhole);
    digester.begin();
    digester.update(whole, 10); // forgotten by the next begin

    digester.begin();
    for (int at = 0; at < 1000; at += 300) {
      OffHeapBuffer piece = OffHeapBuffer.allocate(300);
      int length = Math.min(300, 1000 - at);
      piece.bytes().put(0, whole.bytes(), at, length);
      digester.update(piece, length);
    }
    digester.end(digest);

    assertThat(digest.sameAs(ofWhole)).isTrue();
  }

  @Test
  void moreBytesThanThereAreAreRefused() {
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> digester.digest(OffHeapBuffer.allocate(8), 9, digest));
  }

  @Test
  void aDigestAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    OffHeapBuffer bytes = OffHeapBuffer.allocate(4096);
    long allocated = Long.MAX_VALUE;
    // The first rounds warm up; the compiler may still be busy with more than one of them.
    for (int round = 0; round < 5 && allocated != 0; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        digester.digest(bytes, 4096, digest);
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }

    assertThat(allocated).isZero();
  }

  @Test
  void bothFormsAgreeOnEveryLengthAroundABlockOfTheHash() {
    OffHeapBuffer bytes = OffHeapBuffer.allocate(200);
    bytes.bytes().put(0, TestDisk.mixed(200, 200, 2));
    BlockDigest other = new BlockDigest();
    for (int length = 0; length <= 200; length++) {
      digester.digest(bytes, length, digest);
      new JdkDigester().digest(bytes, length, other);
      assertThat(digest.sameAs(other)).as("%d bytes", length).isTrue();
    }
  }

  private void digest(String text) {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    OffHeapBuffer offHeap = OffHeapBuffer.allocate(bytes.length);
    offHeap.bytes().put(0, bytes);
    Arrays.fill(digest.bytes(), (byte) 0);
    digester.digest(offHeap, bytes.length, digest);
  }
}
