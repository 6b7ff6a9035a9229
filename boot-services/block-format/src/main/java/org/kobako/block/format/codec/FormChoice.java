package org.kobako.block.format.codec;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.Codec;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.foreign.Trial;

/**
 * Decides which form of a codec decompresses in this process.
 *
 * <p>A library is used when it is there, decodes a small sample to the same bytes as the Java form
 * and is not slower at it. The trial is a proof first: a library may be of the wrong architecture
 * or of a version that lacks a function, and a VM may have a linker that does not work, all of
 * which must end in a slower boot and not in a failed one. As a measurement it meets the Java form
 * before it is compiled and so errs towards the library, which is the faster one wherever we have
 * measured it; but where a foreign call is very slow, it loses.
 */
final class FormChoice {
  /** {@code java} or {@code native}, for tests and for people. */
  static final String PROPERTY = "kobako.codec";

  /** Small, because a VM without a compiler decodes about a megabyte per second. */
  static final int SAMPLE_BYTES = 4096;

  private FormChoice() {}

  /** The form that the property names, if it names one. */
  static @Nullable Form forced() {
    String value = System.getProperty(PROPERTY);
    if (value == null) {
      return null;
    }
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "java" -> Form.JAVA;
      case "native" -> Form.NATIVE;
      default ->
          throw new IllegalArgumentException("-D" + PROPERTY + " is java or native, not " + value);
    };
  }

  static Form decide(Codec codec) {
    Form forced = forced();
    if (forced != null) {
      return forced;
    }
    return switch (codec) {
      case NONE, ZLIB -> Form.JAVA;
      case LZO, LZ4, ZSTD -> tryBoth(codec);
    };
  }

  private static Form tryBoth(Codec codec) {
    Decompressor library;
    try {
      library = Form.NATIVE.newDecompressor(codec, new HeapScratch());
    } catch (LinkageError absent) {
      return Form.JAVA;
    }
    byte[] sample = sample(codec);
    OffHeapBuffer stored = OffHeapBuffer.allocate(sample.length);
    stored.bytes().put(0, sample);
    OffHeapBuffer byLibrary = OffHeapBuffer.allocate(SAMPLE_BYTES);
    OffHeapBuffer byJava = OffHeapBuffer.allocate(SAMPLE_BYTES);
    Decompressor java = Form.JAVA.newDecompressor(codec, new HeapScratch());
    try {
      long javaNs =
          Trial.bestRoundNs(() -> java.decompress(stored, sample.length, byJava, 0, SAMPLE_BYTES));
      long libraryNs =
          Trial.bestRoundNs(
              () -> library.decompress(stored, sample.length, byLibrary, 0, SAMPLE_BYTES));
      boolean sound = byLibrary.bytes().equals(byJava.bytes());
      return sound && libraryNs <= javaNs ? Form.NATIVE : Form.JAVA;
    } catch (CorruptBlockException | LinkageError unsound) {
      return Form.JAVA;
    }
  }

  static byte[] sample(Codec codec) {
    String name = "sample." + codec.word();
    try (InputStream resource =
        Objects.requireNonNull(FormChoice.class.getResourceAsStream(name), name)) {
      return resource.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name + " of our own jar", e);
    }
  }
}
