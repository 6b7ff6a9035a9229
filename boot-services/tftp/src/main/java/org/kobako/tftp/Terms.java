package org.kobako.tftp;

import java.nio.ByteBuffer;

/**
 * What a transfer was agreed to be, by RFC 2347: what the machine asked, no more than our limits.
 *
 * @param agreed the options of the OACK; those that are 0 are not in it
 * @param lengthBytes of the file
 */
record Terms(Options agreed, long lengthBytes) {
  static Terms of(Options asked, TftpConfig limits, long lengthBytes) {
    // A timeout is agreed to as it is or not at all (RFC 2349); one that we would not wait is not.
    int timeout =
        asked.timeoutSeconds() <= limits.giveUpAfter().toSeconds() ? asked.timeoutSeconds() : 0;
    Options agreed =
        new Options(
            Math.min(asked.packetBytes(), limits.maxPacketBytes()),
            Math.min(asked.windowPackets(), limits.maxWindowPackets()),
            timeout,
            asked.transferSize());
    return new Terms(agreed, lengthBytes);
  }

  /** Whether an OACK comes before the first DATA. */
  boolean hasOptions() {
    return !agreed.equals(Options.NONE);
  }

  int packetBytes() {
    return agreed.packetBytes() == 0 ? Packet.DEFAULT_DATA_BYTES : agreed.packetBytes();
  }

  int windowPackets() {
    return Math.max(agreed.windowPackets(), 1);
  }

  /** The number of DATA packets; the last one is shorter than the others, and may be empty. */
  long packets() {
    return lengthBytes / packetBytes() + 1;
  }

  /** Where the data of a DATA packet begin in the file. */
  long offsetOf(long number) {
    return (number - 1) * packetBytes();
  }

  /** How many data a DATA packet has. */
  int lengthOf(long number) {
    return (int) Math.min(packetBytes(), lengthBytes - offsetOf(number));
  }

  void writeOptions(ByteBuffer packet) {
    Packet.beginOptions(packet);
    if (agreed.packetBytes() != 0) {
      Packet.putOption(packet, Options.PACKET_SIZE, agreed.packetBytes());
    }
    if (agreed.transferSize()) {
      Packet.putOption(packet, Options.TRANSFER_SIZE, lengthBytes);
    }
    if (agreed.timeoutSeconds() != 0) {
      Packet.putOption(packet, Options.TIMEOUT, agreed.timeoutSeconds());
    }
    if (agreed.windowPackets() != 0) {
      Packet.putOption(packet, Options.WINDOW, agreed.windowPackets());
    }
  }
}
