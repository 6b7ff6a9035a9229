package org.kobako.tftp;

/** Those error codes of RFC 1350 (appendix) that a read-only server has a use for. */
enum ErrorCode {
  /** The text says it all. */
  UNDEFINED(0),
  FILE_NOT_FOUND(1),
  ACCESS_VIOLATION(2),
  ILLEGAL_OPERATION(4),
  UNKNOWN_TRANSFER(5);

  private final int number;

  ErrorCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
