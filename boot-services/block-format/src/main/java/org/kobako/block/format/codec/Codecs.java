package org.kobako.block.format.codec;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.kobako.block.format.Codec;

/**
 * Makes compressors and decompressors of the form that is the fastest here. Which one that is, the
 * first use in a process finds out by a short trial; the system property {@code kobako.codec}
 * ({@code java} or {@code native}) decides it beforehand.
 */
public final class Codecs {
  private Codecs() {}

  /** What was decided, once per process: at its first use, by whichever thread. */
  private static final class Decided {
    static final Map<Codec, Form> FORMS = new EnumMap<>(Codec.class);

    static {
      for (Codec codec : Codec.values()) {
        FORMS.put(codec, FormChoice.decide(codec));
      }
    }
  }

  /**
   * Decompressors of every codec for the calling thread.
   *
   * @throws UnsupportedOperationException if {@code kobako.codec} asks for a library that is not
   *     installed, with its name
   * @throws IllegalArgumentException if {@code kobako.codec} has another value
   */
  public static Decompressors newDecompressors() {
    FormChoice.forced();
    HeapScratch scratch = new HeapScratch();
    Decompressor[] byWire = new Decompressor[Codec.values().length];
    for (Codec codec : Codec.values()) {
      Form form = Objects.requireNonNull(Decided.FORMS.get(codec));
      try {
        byWire[codec.wire()] = form.newDecompressor(codec, scratch);
      } catch (LinkageError absent) {
        throw Form.needsLibrary(codec, "-D" + FormChoice.PROPERTY + "=native", absent);
      }
    }
    return new Decompressors(byWire);
  }

  /**
   * A compressor for the calling thread: the codec's library where it is installed, else the Java
   * form, which has a single, fast level of {@code lzo} and {@code lz4}.
   *
   * @param level the codec's own scale; 0 for its default, which for the Java form is its only one
   * @throws UnsupportedOperationException if that takes a library that is not installed, with the
   *     name of the library and of its Debian package
   * @throws IllegalArgumentException if the codec has no such level, with the range
   */
  public static Compressor newCompressor(Codec codec, int level) {
    if (FormChoice.forced() == Form.JAVA) {
      return Form.JAVA.newCompressor(codec, level);
    }
    try {
      return Form.NATIVE.newCompressor(codec, level);
    } catch (LinkageError absent) {
      if (FormChoice.forced() == Form.NATIVE) {
        throw Form.needsLibrary(codec, "-D" + FormChoice.PROPERTY + "=native", absent);
      }
      return Form.JAVA.newCompressor(codec, level);
    }
  }

  /** One line for people: {@code lz4 liblz4 1.9.4, lzo pure Java, zstd libzstd 1.5.4, zlib jdk}. */
  public static String describe() {
    Decompressors decompressors = newDecompressors();
    StringBuilder line = new StringBuilder();
    for (Codec codec : new Codec[] {Codec.LZ4, Codec.LZO, Codec.ZSTD, Codec.ZLIB}) {
      line.append(line.isEmpty() ? "" : ", ")
          .append(codec.word())
          .append(' ')
          .append(decompressors.of(codec).describe());
    }
    return line.toString();
  }
}
