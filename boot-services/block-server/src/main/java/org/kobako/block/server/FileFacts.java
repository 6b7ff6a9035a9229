package org.kobako.block.server;

/**
 * What is known of an open file before anything is decided.
 *
 * @param name for people: where it lies in the store or among the boot files
 * @param kind which decides how it may be cached
 * @param lengthBytes of the open file
 * @param etag a strong entity-tag (RFC 9110 section 8.8.3), with its quotes
 * @param modifiedEpochSeconds time of the last change
 */
record FileFacts(String name, Kind kind, long lengthBytes, String etag, long modifiedEpochSeconds) {

  /** What a client does with it. */
  enum Kind {
    /** The name stands for the bytes, so that a cache need never ask again. */
    IMMUTABLE,
    /** Bytes that change under their name. */
    MUTABLE,
    /** Text that changes under its name. */
    MUTABLE_TEXT
  }

  boolean isImmutable() {
    return kind == Kind.IMMUTABLE;
  }
}
