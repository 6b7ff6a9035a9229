package org.kobako.appliance.firmware;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import org.kobako.block.format.digest.Sha256;

/**
 * The secret that lets its holder change a box. The box has its SHA-256 only, which would do for no
 * password, and does for what was drawn at random with 100 bits and more.
 */
public final class AdminSecret {
  /** Wrong words in a row that are looked at; then one every few seconds. */
  static final int BURST = 10;

  static final long REFILL_NS = 6_000_000_000L;

  private static final int SHA256_BYTES = 32;

  /** One that is shorter could be found by trying. */
  private static final int MIN_CHARS = 16;

  private static final int MAX_CHARS = 256;

  /** What became of somebody's words. */
  public enum Verdict {
    RIGHT,
    WRONG,
    /** Not looked at: too many were wrong of late. */
    TOO_MANY
  }

  private final byte[] sha256;
  private final LongSupplier clockNs;
  private int tries = BURST;
  private long refilledNs;

  AdminSecret(byte[] sha256, LongSupplier clockNs) {
    this.sha256 = sha256.clone();
    this.clockNs = clockNs;
    this.refilledNs = clockNs.getAsLong();
  }

  /**
   * The one whose SHA-256 a file holds, as 64 hexadecimal digits.
   *
   * @throws IOException if it does not, or cannot be read
   */
  static AdminSecret read(Path file, LongSupplier clockNs) throws IOException {
    try {
      byte[] sha256 = HexFormat.of().parseHex(Files.readString(file).strip());
      if (sha256.length == SHA256_BYTES) {
        return new AdminSecret(sha256, clockNs);
      }
    } catch (IllegalArgumentException noHex) {
      // Refused below.
    }
    throw new IOException(file + " holds no SHA-256 in 64 hexadecimal digits");
  }

  /**
   * The one that stands in a file itself, in one line.
   *
   * @throws IOException if it does not, or cannot be read
   */
  public static AdminSecret inFile(Path file) throws IOException {
    String words = Files.size(file) > MAX_CHARS + 2 ? "" : Files.readString(file).strip();
    if (!words.matches("[!-~]{%d,%d}".formatted(MIN_CHARS, MAX_CHARS))) {
      throw new IOException(
          "%s holds no secret: %d to %d letters, digits and signs in one line"
              .formatted(file, MIN_CHARS, MAX_CHARS));
    }
    return new AdminSecret(digest(words), System::nanoTime);
  }

  /** Compares in a time that does not tell how much was right. */
  public synchronized Verdict check(String words) {
    refill();
    if (tries == 0) {
      return Verdict.TOO_MANY;
    }
    if (MessageDigest.isEqual(sha256, digest(words))) {
      return Verdict.RIGHT;
    }
    tries--;
    return Verdict.WRONG;
  }

  private void refill() {
    long nowNs = clockNs.getAsLong();
    long due = (nowNs - refilledNs) / REFILL_NS;
    tries = (int) Math.min(BURST, tries + due);
    refilledNs += due * REFILL_NS;
  }

  private static byte[] digest(String words) {
    return Sha256.begin().digest(words.getBytes(StandardCharsets.UTF_8));
  }
}
