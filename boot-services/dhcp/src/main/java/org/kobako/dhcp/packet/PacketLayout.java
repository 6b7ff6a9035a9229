package org.kobako.dhcp.packet;

/**
 * Where the fields of a message lie (RFC 2131 section 2).
 *
 * <pre>
 *    0 op | 1 htype | 2 hlen | 3 hops
 *    4 xid
 *    8 secs        | 10 flags
 *   12 ciaddr: the machine's own, where it has one
 *   16 yiaddr: the machine's, as the server says
 *   20 siaddr: of the next server
 *   24 giaddr: of the relay agent
 *   28 chaddr, 16 bytes, of which hlen count
 *   44 sname, 64 bytes
 *  108 file, 128 bytes
 *  236 cookie
 *  240 options: code, length, value ... END
 * </pre>
 *
 * All numbers are big-endian.
 */
final class PacketLayout {
  static final int OP_OFFSET = 0;
  static final int HTYPE_OFFSET = 1;
  static final int HLEN_OFFSET = 2;
  static final int XID_OFFSET = 4;
  static final int SECS_OFFSET = 8;
  static final int FLAGS_OFFSET = 10;
  static final int CIADDR_OFFSET = 12;
  static final int YIADDR_OFFSET = 16;
  static final int SIADDR_OFFSET = 20;
  static final int GIADDR_OFFSET = 24;
  static final int CHADDR_OFFSET = 28;
  static final int CHADDR_BYTES = 16;
  static final int SNAME_OFFSET = 44;
  static final int SNAME_BYTES = 64;
  static final int FILE_OFFSET = 108;
  static final int FILE_BYTES = 128;
  static final int COOKIE_OFFSET = 236;
  static final int OPTIONS_OFFSET = 240;

  static final byte OP_REQUEST = 1;
  static final byte OP_REPLY = 2;
  static final byte ETHERNET_BYTES = 6;
  static final int COOKIE = 0x63825363;
  static final int BROADCAST_FLAG = 0x8000;

  /** Bits of option 52: fields that hold options instead (RFC 2132 section 9.3). */
  static final int OVERLOAD_FILE = 1;

  static final int OVERLOAD_SNAME = 2;

  static final int MAX_OPTION_BYTES = 255;

  private PacketLayout() {}
}
