package org.kobako.block.format.digest;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.OffHeapBuffer;

/** The JDK's SHA-256: an intrinsic on x86-64 and arm64, compiled bytecode elsewhere. */
final class JdkDigester implements Digester {
  private final MessageDigest sha256 = Sha256.begin();

  @Override
  public void begin() {
    sha256.reset();
  }

  @Override
  public void update(OffHeapBuffer bytes, int length) {
    ByteBuffer view = bytes.bytes();
    int position = view.position();
    int limit = view.limit();
    view.limit(length).position(0);
    sha256.update(view);
    view.limit(limit).position(position);
  }

  @Override
  public void end(BlockDigest into) {
    try {
      sha256.digest(into.bytes(), 0, BlockDigest.BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 digest has 32 bytes", e);
    }
  }

  @Override
  public String describe() {
    return "jdk";
  }
}
