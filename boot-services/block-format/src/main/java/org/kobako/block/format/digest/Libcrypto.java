package org.kobako.block.format.digest;

import static org.kobako.block.format.foreign.ForeignLibrary.CType.INT;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.POINTER;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.SIZE;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.VOID;

import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.foreign.ForeignContext;
import org.kobako.block.format.foreign.ForeignLibrary;

/** SHA-256 by the platform's OpenSSL (Debian package libssl3). */
final class Libcrypto implements Digester {
  private static final ForeignLibrary LIBRARY = ForeignLibrary.require("libcrypto.so.3");
  private static final MethodHandle FETCH =
      LIBRARY.function("EVP_MD_fetch", POINTER, POINTER, POINTER, POINTER);
  private static final MethodHandle NEW_CONTEXT = LIBRARY.function("EVP_MD_CTX_new", POINTER);
  private static final MethodHandle FREE_CONTEXT =
      LIBRARY.function("EVP_MD_CTX_free", VOID, POINTER);
  private static final MethodHandle INIT =
      LIBRARY.function("EVP_DigestInit_ex2", INT, POINTER, POINTER, POINTER);
  private static final MethodHandle UPDATE =
      LIBRARY.function("EVP_DigestUpdate", INT, POINTER, POINTER, SIZE);
  private static final MethodHandle FINAL =
      LIBRARY.function("EVP_DigestFinal_ex", INT, POINTER, POINTER, POINTER);

  /** Fetched once for the process: a fetch per block would look the name up in every provider. */
  private static final long SHA256 = fetchSha256();

  private static final String VERSION = version();

  private final ForeignContext context;
  private final OffHeapBuffer result = OffHeapBuffer.allocate(BlockDigest.BYTES);

  Libcrypto() {
    try {
      context =
          new ForeignContext(this, "EVP_MD_CTX", (long) NEW_CONTEXT.invokeExact(), FREE_CONTEXT);
    } catch (Throwable e) {
      throw ForeignLibrary.unexpected(e);
    }
  }

  private static long fetchSha256() {
    byte[] name = "SHA256\0".getBytes(StandardCharsets.US_ASCII);
    OffHeapBuffer algorithm = OffHeapBuffer.allocate(name.length);
    algorithm.bytes().put(0, name);
    try {
      long sha256 = (long) FETCH.invokeExact(0L, algorithm.address(), 0L);
      if (sha256 == 0) {
        throw new UnsatisfiedLinkError("libcrypto has no SHA-256 here");
      }
      return sha256;
    } catch (Throwable e) {
      throw ForeignLibrary.unexpected(e);
    } finally {
      Reference.reachabilityFence(algorithm);
    }
  }

  private static String version() {
    return "libcrypto "
        + LIBRARY.callForInt("OPENSSL_version_major")
        + "."
        + LIBRARY.callForInt("OPENSSL_version_minor")
        + "."
        + LIBRARY.callForInt("OPENSSL_version_patch");
  }

  @Override
  public void begin() {
    try {
      require((int) INIT.invokeExact(context.address(), SHA256, 0L));
    } catch (Throwable e) {
      throw ForeignLibrary.unexpected(e);
    } finally {
      // A foreign call sees addresses only.
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void update(OffHeapBuffer bytes, int length) {
    Objects.checkFromIndexSize(0, length, bytes.capacityBytes());
    try {
      require((int) UPDATE.invokeExact(context.address(), bytes.address(), (long) length));
    } catch (Throwable e) {
      throw ForeignLibrary.unexpected(e);
    } finally {
      Reference.reachabilityFence(bytes);
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void end(BlockDigest into) {
    try {
      require((int) FINAL.invokeExact(context.address(), result.address(), 0L));
    } catch (Throwable e) {
      throw ForeignLibrary.unexpected(e);
    } finally {
      Reference.reachabilityFence(this);
    }
    result.bytes().get(0, into.bytes());
  }

  private static void require(int done) {
    if (done != 1) {
      throw new IllegalStateException(VERSION + " refuses to digest");
    }
  }

  @Override
  public String describe() {
    return VERSION;
  }
}
