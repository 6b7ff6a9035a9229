package org.kobako.block.client.mount.nbd;

/** What a request can be refused with (section "Error values"). */
enum NbdError {
  NONE(0, ""),
  NOT_PERMITTED(1, "the export is read-only"),
  IO(5, "no sound copy of these bytes can be reached"),
  INVALID(22, "the request is not valid for this export"),
  OVERFLOW(75, "too long to send in one piece");

  /** The number on the wire. */
  final int code;

  /** For the client's user. */
  final String message;

  NbdError(int code, String message) {
    this.code = code;
    this.message = message;
  }
}
