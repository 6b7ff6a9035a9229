package org.kobako.block.format;

/** Whose indexes are good. */
public sealed interface IndexTrust {
  /**
   * Accepts a whole index or says why not.
   *
   * @param digest SHA-256 of everything before the trailer, already compared
   */
  void accept(boolean signed, byte[] publicKey, byte[] signature, byte[] digest)
      throws UntrustedIndexException;

  /**
   * No key was given: any whole index is good, signed or not. Damage is found, forgery is not: a
   * signature must be that of the key beside it, whoever's that is.
   */
  record Anyone() implements IndexTrust {
    @Override
    public void accept(boolean signed, byte[] publicKey, byte[] signature, byte[] digest)
        throws UntrustedIndexException {
      if (signed
          && TrustKey.ofPoint(publicKey).filter(key -> key.verify(digest, signature)).isEmpty()) {
        throw new UntrustedIndexException(
            "the index says key "
                + TrustKey.idOf(publicKey)
                + " signed it, and the signature is wrong: fetch or pack it again");
      }
    }
  }

  /** Only what this key signed is good. */
  record SignedBy(TrustKey key) implements IndexTrust {
    @Override
    public void accept(boolean signed, byte[] publicKey, byte[] signature, byte[] digest)
        throws UntrustedIndexException {
      if (!signed) {
        throw new UntrustedIndexException(
            "the index is not signed, and key " + key + " was asked for: pack it with --sign-key");
      }
      if (!key.isKey(publicKey)) {
        throw new UntrustedIndexException(
            "the index is signed by key "
                + TrustKey.idOf(publicKey)
                + ", and key "
                + key
                + " was asked for");
      }
      if (!key.verify(digest, signature)) {
        throw new UntrustedIndexException(
            "the index says key " + key + " signed it, and the signature is wrong: do not use it");
      }
    }
  }
}
