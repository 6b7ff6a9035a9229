package org.kobako.block.format.digest;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.foreign.Trial;

/**
 * Makes digesters of the form that is the fastest here. Which one that is, the first use in a
 * process finds out by a short trial; the system property {@code kobako.digest} ({@code jdk} or
 * {@code libcrypto}) decides it beforehand.
 *
 * <p>libcrypto is used when it is there, gives the JDK's digest of a small sample and is not slower
 * at it. As a measurement that errs towards the library, because it meets the JDK's form before
 * that is compiled; where the JDK's has an intrinsic the two are close, and everywhere else (32-bit
 * ARM, an interpreting VM) the library is the faster one by far.
 */
public final class Digesters {
  private static final String PROPERTY = "kobako.digest";

  /** Small, because a VM without a compiler digests about 80 kilobytes per second. */
  private static final int SAMPLE_BYTES = 1024;

  private Digesters() {}

  /** What was decided, once per process: at its first use, by whichever thread. */
  private static final class Decided {
    static final boolean LIBCRYPTO = Objects.requireNonNullElseGet(forced(), Digesters::tryBoth);
  }

  /**
   * A digester for the calling thread.
   *
   * @throws UnsupportedOperationException if {@code kobako.digest} asks for libcrypto and it is not
   *     installed
   * @throws IllegalArgumentException if {@code kobako.digest} has another value
   */
  public static Digester newDigester() {
    forced();
    if (!Decided.LIBCRYPTO) {
      return new JdkDigester();
    }
    try {
      return new Libcrypto();
    } catch (LinkageError absent) {
      throw new UnsupportedOperationException(
          "-D" + PROPERTY + "=libcrypto needs libcrypto.so.3 (Debian package libssl3)", absent);
    }
  }

  /** Which form was chosen, for people: {@code libcrypto 3.0.16} or {@code jdk}. */
  public static String describe() {
    return newDigester().describe();
  }

  /** Whether the property names libcrypto; null if there is none. */
  private static @Nullable Boolean forced() {
    String value = System.getProperty(PROPERTY);
    if (value == null) {
      return null;
    }
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "jdk" -> false;
      case "libcrypto" -> true;
      default ->
          throw new IllegalArgumentException(
              "-D" + PROPERTY + " is jdk or libcrypto, not " + value);
    };
  }

  private static boolean tryBoth() {
    try {
      Digester library = new Libcrypto();
      Digester jdk = new JdkDigester();
      OffHeapBuffer sample = OffHeapBuffer.allocate(SAMPLE_BYTES);
      BlockDigest byLibrary = new BlockDigest();
      BlockDigest byJdk = new BlockDigest();
      long jdkNs = Trial.bestRoundNs(() -> jdk.digest(sample, SAMPLE_BYTES, byJdk));
      long libraryNs = Trial.bestRoundNs(() -> library.digest(sample, SAMPLE_BYTES, byLibrary));
      return byLibrary.sameAs(byJdk) && libraryNs <= jdkNs;
    } catch (LinkageError | IllegalStateException unsound) {
      return false;
    }
  }
}
