package org.kobako.block.client.mount.nbd;

/** What a client can ask for (section "Request types"). */
enum NbdCommand {
  READ,
  WRITE,
  DISCONNECT,
  FLUSH,
  TRIM,
  CACHE,
  WRITE_ZEROES,
  BLOCK_STATUS,
  UNKNOWN;

  static NbdCommand of(int type) {
    return switch (type) {
      case 0 -> READ;
      case 1 -> WRITE;
      case 2 -> DISCONNECT;
      case 3 -> FLUSH;
      case 4 -> TRIM;
      case 5 -> CACHE;
      case 6 -> WRITE_ZEROES;
      case 7 -> BLOCK_STATUS;
      default -> UNKNOWN;
    };
  }
}
