package org.kobako.block.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/**
 * An Ed25519 key pair that signs indexes and updates; lies in a directory as {@code kobako.key} and
 * {@code kobako.pub}.
 */
public final class SigningKey {
  public static final String PRIVATE_FILE = "kobako.key";
  public static final String PUBLIC_FILE = "kobako.pub";

  /** Keeps a signature of an index from being taken for one of anything else. */
  static final byte[] MESSAGE_PREFIX = "kobako block index 1\n".getBytes(StandardCharsets.US_ASCII);

  static final byte[] NOTHING = {};

  private static final String PEM_LABEL = "PRIVATE KEY";

  private final PrivateKey key;
  private final TrustKey trustKey;

  private SigningKey(PrivateKey key, TrustKey trustKey) {
    this.key = key;
    this.trustKey = trustKey;
  }

  /**
   * Makes a new key pair in a directory, which is made where it is missing.
   *
   * @throws FileAlreadyExistsException if the directory has a key: none is ever overwritten
   */
  public static SigningKey create(Path directory) throws IOException {
    Files.createDirectories(directory);
    KeyPair pair;
    try {
      pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
    Path privateFile = directory.resolve(PRIVATE_FILE);
    Path publicFile = directory.resolve(PUBLIC_FILE);
    if (Files.exists(publicFile)) {
      throw new FileAlreadyExistsException(publicFile.toString());
    }
    Files.createFile(
        privateFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(
        privateFile,
        Pem.encode(PEM_LABEL, pair.getPrivate().getEncoded()),
        StandardOpenOption.WRITE,
        StandardOpenOption.SYNC);
    TrustKey trustKey = new TrustKey(pair.getPublic());
    trustKey.write(publicFile);
    return new SigningKey(pair.getPrivate(), trustKey);
  }

  /**
   * Reads a {@code kobako.key}, and the {@code kobako.pub} beside it.
   *
   * @throws IOException if one is missing, holds no such key, or they do not belong together
   */
  public static SigningKey read(Path privateFile) throws IOException {
    byte[] der = Pem.read(privateFile, PEM_LABEL);
    TrustKey trustKey = TrustKey.read(privateFile.resolveSibling(PUBLIC_FILE));
    try {
      PrivateKey key =
          KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der));
      SigningKey signingKey = new SigningKey(key, trustKey);
      byte[] probe = new byte[BlockDigest.BYTES];
      if (!trustKey.verify(probe, signingKey.sign(probe))) {
        throw new IOException(
            privateFile + " and the " + PUBLIC_FILE + " beside it are not one key pair");
      }
      return signingKey;
    } catch (GeneralSecurityException e) {
      throw new IOException(privateFile + " holds no Ed25519 key: make one with kobako key", e);
    }
  }

  public TrustKey trustKey() {
    return trustKey;
  }

  byte[] sign(byte[] digest) {
    return sign(MESSAGE_PREFIX, digest);
  }

  /**
   * Signs bytes as they are, 64 bytes of signature.
   *
   * @param statement says by its first words what it is, so that it is never taken for another
   */
  public byte[] signStatement(byte[] statement) {
    if (isIndexMessage(statement)) {
      throw new IllegalArgumentException("a statement must not pass for an index");
    }
    return sign(NOTHING, statement);
  }

  static boolean isIndexMessage(byte[] statement) {
    return statement.length >= MESSAGE_PREFIX.length
        && Arrays.equals(
            statement, 0, MESSAGE_PREFIX.length, MESSAGE_PREFIX, 0, MESSAGE_PREFIX.length);
  }

  private byte[] sign(byte[] prefix, byte[] message) {
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(key);
      signer.update(prefix);
      signer.update(message);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an Ed25519 key signs", e);
    }
  }
}
