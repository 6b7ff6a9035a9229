package org.kobako.block.server;

import org.kobako.block.format.StorePath;

/**
 * What is known of an open file before anything is decided.
 *
 * @param path what it is in the store, which decides how it may be cached
 * @param lengthBytes of the open file
 * @param etag a strong entity-tag (RFC 9110 section 8.8.3), with its quotes
 * @param modifiedEpochSeconds time of the last change
 */
record FileFacts(StorePath path, long lengthBytes, String etag, long modifiedEpochSeconds) {

  /** Whether the name stands for the bytes, so that a cache need never ask again. */
  boolean isImmutable() {
    return switch (path) {
      case StorePath.Block block -> true;
      case StorePath.Index index -> true;
      case StorePath.Current current -> false;
      case StorePath.Profile profile -> false;
    };
  }
}
