package org.kobako.dhcp.service;

import java.nio.ByteBuffer;
import org.kobako.dhcp.packet.OptionCode;
import org.kobako.dhcp.packet.ReplyWriter;

/**
 * How long an address is good: the lease time, and when to ask for more: the giver after a half,
 * everybody after seven eighths (RFC 2131 section 4.4.5).
 */
final class ReplyTimes {
  private ReplyTimes() {}

  static void write(ReplyWriter reply, long seconds) {
    reply
        .optionSeconds(OptionCode.LEASE_TIME, seconds)
        .optionSeconds(OptionCode.RENEWAL_TIME, renewal(seconds))
        .optionSeconds(OptionCode.REBINDING_TIME, rebinding(seconds));
  }

  /** Shortens the times of a reply that is written. */
  static void replace(ByteBuffer reply, long seconds) {
    replace(reply, OptionCode.LEASE_TIME, seconds);
    replace(reply, OptionCode.RENEWAL_TIME, renewal(seconds));
    replace(reply, OptionCode.REBINDING_TIME, rebinding(seconds));
  }

  private static void replace(ByteBuffer reply, int code, long seconds) {
    ReplyWriter.optionOffset(reply, code).ifPresent(offset -> reply.putInt(offset, (int) seconds));
  }

  private static long renewal(long seconds) {
    return seconds / 2;
  }

  private static long rebinding(long seconds) {
    return seconds * 7 / 8;
  }
}
