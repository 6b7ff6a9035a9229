package org.kobako.heartbeat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.kobako.heartbeat.Heartbeat.Life;
import org.kobako.heartbeat.Report.Assigned;
import org.kobako.heartbeat.Report.Image;
import org.kobako.heartbeat.Report.Range;

/**
 * A heartbeat as a datagram, all numbers with the highest byte first:
 *
 * <pre>{@code
 *  0  "KBHB"                  4
 *  4  format, 1               1
 *  5  flags                   1: 1 is draining, 2 leaves
 *  6  load level              1
 *  7  priority                1
 *  8  box                     8
 * 16  start                   8
 * 24  sequence                8
 * 32  machines                2
 * 34  items, each: type 1, length of its value 1, value
 *       1 address             4 or 16
 *       2 heard               box 8, start 8
 *       3 image               version 8, name
 *       4 assigned            disk 1, box 8, age in s 2, address 4 or 16
 *       5 failing             name of a service
 *       6 range               first and last address, 4 or 16 each
 *     tag                    16, SipHash of all before it by the boxes' common key
 * }</pre>
 *
 * <p>An item of another type is for later formats, and passed over.
 */
final class HeartbeatCodec {
  /** Fits one packet of any Ethernet, tunnels included. */
  static final int MAX_BYTES = 1400;

  private static final int MAGIC = 0x4b424842;
  private static final byte FORMAT = 1;
  private static final int DRAINING = 1;
  private static final int LAST = 2;
  private static final int ITEMS_OFFSET = 34;
  private static final int ITEM_HEAD_BYTES = 2;
  private static final int MAX_COUNT = 0xffff;

  private static final byte ADDRESS = 1;
  private static final byte HEARD = 2;
  private static final byte IMAGE = 3;
  private static final byte ASSIGNED = 4;
  private static final byte FAILING = 5;
  private static final byte RANGE = 6;

  private static final int LIFE_BYTES = 16;
  private static final int ASSIGNED_BYTES = 11;
  private static final int IP4_BYTES = 4;
  private static final int IP6_BYTES = 16;

  private final byte[] key;

  /**
   * @param key that all boxes have, of {@link SipHash#KEY_BYTES}
   */
  HeartbeatCodec(byte[] key) {
    this.key = key.clone();
  }

  /**
   * Writes a heartbeat: addresses, whom it hears, ranges, what fails, then as much of the rest as
   * there is room for.
   *
   * @return what did not fit: to be first the next time
   */
  Leftover write(Heartbeat heartbeat, ByteBuffer datagram) {
    Report report = heartbeat.report();
    datagram.clear().limit(MAX_BYTES - SipHash.TAG_BYTES);
    int flags = (report.isDraining() ? DRAINING : 0) | (heartbeat.isLast() ? LAST : 0);
    datagram.putInt(MAGIC).put(FORMAT).put((byte) flags);
    datagram.put((byte) report.loadLevel()).put((byte) report.priority());
    datagram.putLong(heartbeat.life().box()).putLong(heartbeat.life().start());
    datagram.putLong(heartbeat.sequence());
    datagram.putShort((short) Math.min(MAX_COUNT, report.machines()));
    for (InetAddress address : report.addresses()) {
      item(datagram, ADDRESS, value -> value.put(address.getAddress()));
    }
    for (Life life : heartbeat.heard()) {
      item(datagram, HEARD, value -> value.putLong(life.box()).putLong(life.start()));
    }
    for (Range range : report.ranges()) {
      item(
          datagram,
          RANGE,
          value -> value.put(range.first().getAddress()).put(range.last().getAddress()));
    }
    for (String service : report.failing()) {
      item(datagram, FAILING, value -> value.put(service.getBytes(StandardCharsets.US_ASCII)));
    }
    int assigned = 0;
    while (assigned < report.assigned().size() && put(datagram, report.assigned().get(assigned))) {
      assigned++;
    }
    int images = 0;
    while (images < report.images().size() && put(datagram, report.images().get(images))) {
      images++;
    }
    byte[] tag = SipHash.tag(key, datagram.duplicate().flip());
    datagram.limit(MAX_BYTES).put(tag).flip();
    return new Leftover(
        report.assigned().subList(assigned, report.assigned().size()),
        report.images().subList(images, report.images().size()));
  }

  /** What one datagram had no room for. */
  record Leftover(List<Assigned> assigned, List<Image> images) {}

  private static boolean put(ByteBuffer datagram, Assigned assigned) {
    return item(
        datagram,
        ASSIGNED,
        value ->
            value
                .put((byte) assigned.disk())
                .putLong(assigned.box())
                .putShort((short) Math.min(MAX_COUNT, assigned.ageSeconds()))
                .put(assigned.machine().getAddress()));
  }

  private static boolean put(ByteBuffer datagram, Image image) {
    return item(
        datagram,
        IMAGE,
        value ->
            value.putLong(image.version()).put(image.name().getBytes(StandardCharsets.US_ASCII)));
  }

  private interface Value {
    void put(ByteBuffer value);
  }

  /** Whether there was room for it. */
  private static boolean item(ByteBuffer datagram, byte type, Value value) {
    ByteBuffer bytes = ByteBuffer.allocate(0xff);
    value.put(bytes);
    bytes.flip();
    if (bytes.remaining() + ITEM_HEAD_BYTES > datagram.remaining()) {
      return false;
    }
    datagram.put(type).put((byte) bytes.remaining()).put(bytes);
    return true;
  }

  /**
   * Reads a datagram between its position and limit.
   *
   * @throws RefusedHeartbeatException if nobody who has the key wrote it, or not in this format
   */
  Heartbeat read(ByteBuffer datagram) throws RefusedHeartbeatException {
    int length = datagram.remaining() - SipHash.TAG_BYTES;
    if (length < ITEMS_OFFSET || length > MAX_BYTES - SipHash.TAG_BYTES) {
      throw new RefusedHeartbeatException(
          RefusedHeartbeatException.Why.MALFORMED, "its length is " + datagram.remaining());
    }
    ByteBuffer signed = datagram.slice(datagram.position(), length);
    byte[] tag = new byte[SipHash.TAG_BYTES];
    datagram.get(datagram.position() + length, tag);
    if (!MessageDigest.isEqual(tag, SipHash.tag(key, signed))) {
      throw new RefusedHeartbeatException(
          RefusedHeartbeatException.Why.FORGED, "it is not by this room's key");
    }
    if (signed.getInt() != MAGIC || signed.get() != FORMAT) {
      throw malformed("it is of another format");
    }
    return fields(signed);
  }

  private static Heartbeat fields(ByteBuffer bytes) throws RefusedHeartbeatException {
    byte flags = bytes.get();
    int loadLevel = within("load level", bytes.get(), 0, Report.MAX_LOAD_LEVEL);
    int priority = within("priority", bytes.get(), 1, Report.MAX_PRIORITY);
    Life life = new Life(bytes.getLong(), bytes.getLong());
    long sequence = bytes.getLong();
    if (sequence < 1) {
      throw malformed("its sequence is " + sequence);
    }
    int machines = Short.toUnsignedInt(bytes.getShort());
    List<String> failing = new ArrayList<>();
    List<Range> ranges = new ArrayList<>();
    List<InetAddress> addresses = new ArrayList<>();
    List<Life> heard = new ArrayList<>();
    List<Image> images = new ArrayList<>();
    List<Assigned> assigned = new ArrayList<>();
    while (bytes.hasRemaining()) {
      if (bytes.remaining() < ITEM_HEAD_BYTES) {
        throw malformed("its last item has no length");
      }
      byte type = bytes.get();
      int length = Byte.toUnsignedInt(bytes.get());
      if (length > bytes.remaining()) {
        throw malformed("an item of " + length + " bytes ends behind it");
      }
      ByteBuffer value = bytes.slice(bytes.position(), length);
      bytes.position(bytes.position() + length);
      switch (type) {
        case ADDRESS -> addresses.add(address(value));
        case HEARD -> {
          require(value, LIFE_BYTES, LIFE_BYTES);
          heard.add(new Life(value.getLong(), value.getLong()));
        }
        case IMAGE -> {
          require(value, Long.BYTES + 1, Long.BYTES + Report.MAX_NAME_LENGTH);
          long version = value.getLong();
          images.add(new Image(name(value), version));
        }
        case ASSIGNED -> {
          require(value, ASSIGNED_BYTES + IP4_BYTES, ASSIGNED_BYTES + IP6_BYTES);
          int disk = Byte.toUnsignedInt(value.get());
          long box = value.getLong();
          int age = Short.toUnsignedInt(value.getShort());
          assigned.add(new Assigned(address(value), disk, box, age));
        }
        case FAILING -> {
          require(value, 1, Report.MAX_NAME_LENGTH);
          failing.add(name(value));
        }
        case RANGE -> {
          require(value, 2 * IP4_BYTES, 2 * IP6_BYTES);
          int half = value.remaining() / 2;
          InetAddress first = address(value.slice(0, half));
          InetAddress last = address(value.slice(half, value.remaining() - half));
          if (Arrays.compareUnsigned(first.getAddress(), last.getAddress()) > 0) {
            throw malformed("a range ends before it begins");
          }
          ranges.add(new Range(first, last));
        }
        default -> {} // of a later format
      }
    }
    return new Heartbeat(
        life,
        sequence,
        (flags & LAST) != 0,
        heard,
        new Report(
            loadLevel,
            priority,
            (flags & DRAINING) != 0,
            machines,
            failing,
            ranges,
            addresses,
            images,
            assigned));
  }

  private static String name(ByteBuffer value) {
    return StandardCharsets.US_ASCII.decode(value).toString();
  }

  private static InetAddress address(ByteBuffer value) throws RefusedHeartbeatException {
    byte[] octets = new byte[value.remaining()];
    value.get(octets);
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw malformed("an address has " + octets.length + " bytes");
    }
  }

  private static int within(String what, int value, int least, int most)
      throws RefusedHeartbeatException {
    if (value < least || value > most) {
      throw malformed("its " + what + " is " + value);
    }
    return value;
  }

  private static void require(ByteBuffer value, int least, int most)
      throws RefusedHeartbeatException {
    within("item's length", value.remaining(), least, most);
  }

  private static RefusedHeartbeatException malformed(String why) {
    return new RefusedHeartbeatException(RefusedHeartbeatException.Why.MALFORMED, why);
  }
}
