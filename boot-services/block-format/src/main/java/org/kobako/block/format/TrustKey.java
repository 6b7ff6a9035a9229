package org.kobako.block.format;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** The public half of a signing key, Ed25519 (RFC 8032), as a PEM file that openssl reads too. */
public final class TrustKey {
  private static final String PEM_LABEL = "PUBLIC KEY";

  /** SubjectPublicKeyInfo of RFC 8410 section 4, up to the 32 bytes of the key. */
  private static final byte[] DER_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private final PublicKey key;
  private final byte[] point;

  TrustKey(PublicKey key) {
    this.key = key;
    this.point = pointOf(key);
  }

  /**
   * Reads a {@code kobako.pub}.
   *
   * @throws IOException if it cannot be read or holds no Ed25519 public key, with its name
   */
  public static TrustKey read(Path file) throws IOException {
    byte[] der = Pem.read(file, PEM_LABEL);
    try {
      return new TrustKey(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der)));
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " holds no Ed25519 public key: make one with kobako key", e);
    }
  }

  /** The key of a point as it stands in a trailer; empty if there is no such key. */
  static Optional<TrustKey> ofPoint(byte[] point) {
    byte[] der = Arrays.copyOf(DER_PREFIX, DER_PREFIX.length + point.length);
    System.arraycopy(point, 0, der, DER_PREFIX.length, point.length);
    try {
      return Optional.of(
          new TrustKey(
              KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der))));
    } catch (GeneralSecurityException noPoint) {
      return Optional.empty();
    }
  }

  void write(Path file) throws IOException {
    Files.write(file, Pem.encode(PEM_LABEL, key.getEncoded()));
  }

  boolean isKey(byte[] otherPoint) {
    return Arrays.equals(point, otherPoint);
  }

  byte[] point() {
    return point.clone();
  }

  boolean verify(byte[] digest, byte[] signature) {
    return verify(SigningKey.MESSAGE_PREFIX, digest, signature);
  }

  /** Whether a statement is what the other half of this key signed: never an index. */
  public boolean verifyStatement(byte[] statement, byte[] signature) {
    return !SigningKey.isIndexMessage(statement)
        && verify(SigningKey.NOTHING, statement, signature);
  }

  private boolean verify(byte[] prefix, byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(prefix);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException unfit) {
      return false;
    }
  }

  /** First 16 hexadecimal characters of the key: enough to tell keys apart, for people. */
  public String id() {
    return idOf(point);
  }

  static String idOf(byte[] point) {
    return HexFormat.of().formatHex(point, 0, 8);
  }

  /** The 32 bytes of RFC 8032: y, little-endian, with the sign of x in the last bit. */
  private static byte[] pointOf(PublicKey key) {
    if (!(key instanceof EdECPublicKey edKey)) {
      throw new IllegalArgumentException("not an Ed25519 key: " + key.getAlgorithm());
    }
    byte[] point = new byte[IndexLayout.KEY_BYTES];
    BigInteger y = edKey.getPoint().getY();
    byte[] bigEndian = y.toByteArray();
    for (int i = 0; i < bigEndian.length && i < point.length; i++) {
      point[i] = bigEndian[bigEndian.length - 1 - i];
    }
    if (edKey.getPoint().isXOdd()) {
      point[point.length - 1] |= (byte) 0x80;
    }
    return point;
  }

  @Override
  public String toString() {
    return id();
  }
}
