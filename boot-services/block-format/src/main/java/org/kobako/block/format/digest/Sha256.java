package org.kobako.block.format.digest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The JDK's SHA-256, for bytes on the heap; stored blocks have {@link Digesters}. */
public final class Sha256 {
  private Sha256() {}

  /** A new one, which has digested nothing. */
  public static MessageDigest begin() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
