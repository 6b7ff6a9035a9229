package org.kobako.block.format.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.format.Codec;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;

/** What every form of every codec owes its caller. */
@ParameterizedClass(name = "{0} {1}")
@MethodSource("forms")
class CodecContractTest {
  private static final int CANARY_BYTES = 4096;
  private static final byte CANARY = 0x5a;

  private final Codec codec;
  private final Form form;

  CodecContractTest(Codec codec, Form form) {
    this.codec = codec;
    this.form = form;
  }

  static Stream<Arguments> forms() {
    return Stream.of(
        arguments(Codec.NONE, Form.JAVA),
        arguments(Codec.ZLIB, Form.JAVA),
        arguments(Codec.LZO, Form.NATIVE),
        arguments(Codec.LZO, Form.JAVA),
        arguments(Codec.LZ4, Form.NATIVE),
        arguments(Codec.LZ4, Form.JAVA),
        arguments(Codec.ZSTD, Form.NATIVE),
        arguments(Codec.ZSTD, Form.JAVA));
  }

  @ParameterizedTest
  @EnumSource
  void everyContentOfEveryLengthComesBack(Contents contents) throws IOException {
    Window window = new Window();
    for (int length :
        new int[] {1, 2, 3, 4, 5, 12, 13, 17, 63, 255, 4099, 65536, 131072, 1 << 20}) {
      byte[] plain = contents.of(length);
      byte[] stored = StoredBytes.of(codec, plain);

      window.decompress(stored, length);

      assertThat(window.plain()).as("%s of %d bytes", contents, length).isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatItCompressesItReadsAgain(Contents contents) throws IOException {
    Window window = new Window();
    for (int length : new int[] {1, 2, 3, 4, 5, 12, 13, 17, 63, 255, 4099, 65536, 1 << 20}) {
      byte[] plain = contents.of(length);
      try (Compressor compressor = newCompressor()) {
        OffHeapBuffer stored = OffHeapBuffer.allocate(compressor.storedCapacity(length));
        int storedLength = compressor.compress(StoredBytes.offHeap(plain), length, stored);
        if (storedLength == Compressor.DOES_NOT_SHRINK) {
          // Far repeats lie beyond what a codec looks back.
          assertThat(
                  codec == Codec.NONE
                      || contents == Contents.NOISE
                      || contents == Contents.FAR_REPEATS
                      || length < 5000)
              .as("%s of %d bytes shrinks", contents, length)
              .isTrue();
          continue;
        }
        assertThat(storedLength).isLessThan(length);

        window.decompress(StoredBytes.bytes(stored, storedLength), length);

        assertThat(window.plain()).as("%s of %d bytes", contents, length).isEqualTo(plain);
      }
    }
  }

  @Test
  void whatDoesNotShrinkIsSaidSo() throws IOException {
    byte[] noise = Contents.NOISE.of(65536);
    try (Compressor compressor = newCompressor()) {
      OffHeapBuffer stored = OffHeapBuffer.allocate(compressor.storedCapacity(noise.length));

      assertThat(compressor.compress(StoredBytes.offHeap(noise), noise.length, stored))
          .isEqualTo(Compressor.DOES_NOT_SHRINK);
    }
  }

  @Test
  void theSamePlainBytesGiveTheSameStoredBytesWhateverCameBefore() throws IOException {
    OffHeapBuffer text = StoredBytes.offHeap(Contents.TEXT.of(65536));
    OffHeapBuffer other = StoredBytes.offHeap(Contents.MACHINE_CODE.of(1 << 20));
    try (Compressor compressor = newCompressor();
        Compressor another = newCompressor()) {
      int capacity = compressor.storedCapacity(1 << 20);
      OffHeapBuffer first = OffHeapBuffer.allocate(capacity);
      OffHeapBuffer second = OffHeapBuffer.allocate(capacity);
      OffHeapBuffer third = OffHeapBuffer.allocate(65536 + capacity);
      int length = compressor.compress(text, 65536, first);
      compressor.compress(other, 1 << 20, second);
      second.bytes().put(0, new byte[capacity]);
      third.bytes().put(0, new byte[capacity]);

      assertThat(compressor.compress(text, 65536, second)).isEqualTo(length);
      assertThat(another.compress(text, 65536, third)).isEqualTo(length);
      int used = Math.max(0, length);
      assertThat(StoredBytes.bytes(second, used)).isEqualTo(StoredBytes.bytes(first, used));
      assertThat(StoredBytes.bytes(third, used)).isEqualTo(StoredBytes.bytes(first, used));
    }
  }

  @Test
  void roomForTheWorstCaseIsDemanded() throws IOException {
    OffHeapBuffer plain = StoredBytes.offHeap(Contents.TEXT.of(4096));
    try (Compressor compressor = newCompressor()) {
      int tooLittle = compressor.storedCapacity(4096) - 1;
      if (tooLittle > 0) {
        OffHeapBuffer stored = OffHeapBuffer.allocate(tooLittle);
        assertThatExceptionOfType(IllegalArgumentException.class)
            .isThrownBy(() -> compressor.compress(plain, 4096, stored))
            .withMessageContaining("needs room for");
      }
    }
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] stored = StoredBytes.of(codec, Contents.TEXT.of(2000));
    Window window = new Window();
    for (int length = 0; length < stored.length; length++) {
      byte[] truncated = Arrays.copyOf(stored, length);
      assertThatExceptionOfType(CorruptBlockException.class)
          .as("%d of %d bytes", length, stored.length)
          .isThrownBy(() -> window.decompress(truncated, 2000));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 0x11, 0x28, 0xff})
  void trailingBytesAreRefused(int trailing) throws IOException {
    for (Contents contents : Contents.values()) {
      byte[] stored = StoredBytes.of(codec, contents.of(2000));
      Window window = new Window();
      for (int more = 1; more < 30; more++) {
        byte[] longer = Arrays.copyOf(stored, stored.length + more);
        Arrays.fill(longer, stored.length, longer.length, (byte) trailing);
        assertThatExceptionOfType(CorruptBlockException.class)
            .as("%s and %d bytes", contents, more)
            .isThrownBy(() -> window.decompress(longer, 2000));
      }
    }
  }

  @Test
  void twoBlocksOneAfterTheOtherAreRefused() throws IOException {
    byte[] stored = StoredBytes.of(codec, Contents.TEXT.of(1000));
    byte[] twice = Arrays.copyOf(stored, 2 * stored.length);
    System.arraycopy(stored, 0, twice, stored.length, stored.length);
    Window window = new Window();

    // For "none" the two are one longer block, refused for its length alone.
    int plainLength = codec == Codec.NONE ? 1000 : 2000;
    assertThatExceptionOfType(CorruptBlockException.class)
        .isThrownBy(() -> window.decompress(twice, plainLength));
  }

  @ParameterizedTest
  @EnumSource
  void anotherPlainLengthIsRefused(Contents contents) throws IOException {
    byte[] stored = StoredBytes.of(codec, contents.of(5000));
    Window window = new Window();
    for (int length : new int[] {1, 4096, 4988, 4995, 4999, 5001, 5005, 8192}) {
      assertThatExceptionOfType(CorruptBlockException.class)
          .as("%d bytes", length)
          .isThrownBy(() -> window.decompress(stored, length));
    }
  }

  @Test
  void aBombCannotWritePastItsSlot() throws IOException {
    byte[] bomb = StoredBytes.of(codec, new byte[1 << 20]);
    Window window = new Window();

    assertThatExceptionOfType(CorruptBlockException.class)
        .isThrownBy(() -> window.decompress(bomb, 65536));
  }

  @ParameterizedTest
  @EnumSource
  void aFlippedBitGivesAnErrorOrWrongBytesButNoneOutside(Contents contents) throws IOException {
    byte[] stored = StoredBytes.of(codec, contents.of(3000));
    Window window = new Window();
    int refused = 0;
    for (int bit = 0; bit < 8 * stored.length; bit += 1 + stored.length / 250) {
      byte[] flipped = stored.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      refused += window.isRefused(flipped, 3000) ? 1 : 0;
    }
    if (codec == Codec.ZLIB) {
      // Adler-32 sees every flipped bit but the header's advice on its level (RFC 1950).
      assertThat(refused).isGreaterThan(100);
    }
  }

  @Test
  void noiseGivesAnErrorAndNoByteOutside() {
    Window window = new Window();
    Random random = new Random(9);
    byte[] head = StoredBytes.of(codec, new byte[3000]);
    for (int i = 0; i < 3000; i++) {
      byte[] noise = new byte[16 + random.nextInt(3000)];
      random.nextBytes(noise);
      // Half of it with a sound beginning, so that a frame's header does not stop it.
      if (i % 2 == 0) {
        System.arraycopy(head, 0, noise, 0, Math.min(head.length / 2, 12));
      }
      window.isRefused(noise, 3000);
    }
  }

  @Test
  void aWindowBeyondItsBufferIsRefused() throws IOException {
    OffHeapBuffer stored = StoredBytes.offHeap(StoredBytes.of(codec, Contents.TEXT.of(4096)));
    OffHeapBuffer plain = OffHeapBuffer.allocate(8192);
    Decompressor decompressor = newDecompressor();

    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(
            () -> decompressor.decompress(stored, stored.capacityBytes(), plain, 4097, 4096));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(
            () -> decompressor.decompress(stored, stored.capacityBytes() + 1, plain, 0, 4096));
  }

  @Test
  void theOwnersPositionsStayWhereTheyWere() throws IOException {
    byte[] text = Contents.TEXT.of(4096);
    OffHeapBuffer stored = StoredBytes.offHeap(StoredBytes.of(codec, text));
    OffHeapBuffer plain = OffHeapBuffer.allocate(8192);
    stored.bytes().limit(9).position(7);
    plain.bytes().limit(5).position(3);

    newDecompressor().decompress(stored, stored.capacityBytes(), plain, 4096, 4096);

    assertThat(new int[] {stored.bytes().position(), stored.bytes().limit()}).containsExactly(7, 9);
    assertThat(new int[] {plain.bytes().position(), plain.bytes().limit()}).containsExactly(3, 5);
  }

  @Test
  void threadsFillPartsOfTheSameMemoryAtTheSameTime() throws Exception {
    int length = 16 << 10;
    List<Contents> contents = List.of(Contents.TEXT, Contents.SKEWED, Contents.MACHINE_CODE);
    OffHeapBuffer memory = OffHeapBuffer.allocate(contents.size() * length);
    try (ExecutorService threads = Executors.newFixedThreadPool(contents.size())) {
      List<Future<?>> done = new ArrayList<>();
      for (int part = 0; part < contents.size(); part++) {
        byte[] plain = contents.get(part).of(length);
        OffHeapBuffer stored = StoredBytes.offHeap(StoredBytes.of(codec, plain));
        OffHeapBuffer alias = memory.alias();
        int offset = part * length;
        done.add(
            threads.submit(() -> {
              Decompressor decompressor = newDecompressor();
              for (int i = 0; i < 300; i++) {
                alias.bytes().put(offset, new byte[length]);
                decompressor.decompress(stored, stored.capacityBytes(), alias, offset, length);
                byte[] result = new byte[length];
                alias.bytes().get(offset, result);
                assertThat(result).isEqualTo(plain);
              }
              return null;
            }));
      }
      for (Future<?> each : done) {
        each.get();
      }
    }
  }

  @Test
  void decompressionAllocatesNothing() throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    OffHeapBuffer stored = StoredBytes.offHeap(StoredBytes.of(codec, Contents.TEXT.of(8192)));
    OffHeapBuffer plain = OffHeapBuffer.allocate(8192);
    Decompressor decompressor = newDecompressor();
    long allocated = Long.MAX_VALUE;
    // The first rounds warm up; the compiler may still be busy with more than one of them.
    for (int round = 0; round < 5 && allocated != 0; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        decompressor.decompress(stored, stored.capacityBytes(), plain, 0, 8192);
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }

    assertThat(allocated).isZero();
  }

  private Decompressor newDecompressor() {
    return form.newDecompressor(codec, new HeapScratch());
  }

  /** The same form where it compresses: zstd in Java only reads. */
  private Compressor newCompressor() {
    return (codec == Codec.ZSTD ? Form.NATIVE : form).newCompressor(codec, 0);
  }

  /** A decompressor's target between canaries, which every use looks after. */
  private final class Window {
    private final Decompressor decompressor = newDecompressor();
    private OffHeapBuffer buffer = OffHeapBuffer.allocate(0);
    private int length;

    void decompress(byte[] stored, int plainLength) throws CorruptBlockException {
      byte[] canaries = new byte[plainLength + 2 * CANARY_BYTES];
      Arrays.fill(canaries, CANARY);
      if (buffer.capacityBytes() != canaries.length) {
        buffer = OffHeapBuffer.allocate(canaries.length);
      }
      buffer.bytes().put(0, canaries);
      length = plainLength;
      try {
        decompressor.decompress(
            StoredBytes.offHeap(stored), stored.length, buffer, CANARY_BYTES, plainLength);
      } finally {
        ByteBuffer before = buffer.bytes().slice(0, CANARY_BYTES);
        ByteBuffer behind = buffer.bytes().slice(CANARY_BYTES + plainLength, CANARY_BYTES);
        ByteBuffer sound = ByteBuffer.wrap(canaries, 0, CANARY_BYTES);
        if (!before.equals(sound) || !behind.equals(sound)) {
          throw new AssertionError("wrote outside its window");
        }
      }
    }

    boolean isRefused(byte[] stored, int plainLength) {
      try {
        decompress(stored, plainLength);
        return false;
      } catch (CorruptBlockException refused) {
        return true;
      }
    }

    byte[] plain() {
      byte[] plain = new byte[length];
      buffer.bytes().get(CANARY_BYTES, plain);
      return plain;
    }
  }
}
