package org.kobako.dns;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kobako.dns.balance.Disk;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.HINFORecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * The names of the room, of which every box is an authority: {@code disk1.boot.kobako} to {@code
 * disk16}, which lead each machine to a box of its own, and {@code box-NAME.boot.kobako}, one for
 * each box. Reads no socket and writes none.
 */
final class BootZone {
  /** How long an answer is good for: as long as a dead box may be in it (DNS-Balance's figure). */
  static final long TTL_SECONDS = 3;

  static final int MAX_DISK = 16;

  private static final Pattern DISK = Pattern.compile("disk([1-9][0-9]?)");
  private static final String BOX = "box-";

  private final Name origin;
  private final Name self;
  private final Boxes boxes;

  /**
   * @param origin such as {@code boot.kobako.}
   * @param self the name of this box
   */
  BootZone(Name origin, String self, Boxes boxes) {
    this.origin = origin;
    this.self = below(BOX + self);
    this.boxes = boxes;
  }

  private Name below(String label) {
    return Name.fromConstantString(label + "." + origin);
  }

  /** Whether a question is about this zone. */
  boolean isAbout(Record question) {
    return question.getDClass() == DClass.IN && question.getName().subdomain(origin);
  }

  /**
   * The answer, without what EDNS adds to it.
   *
   * @param query with one question, that {@link #isAbout} this zone
   * @param machine who asks
   */
  Message answer(Message query, InetAddress machine) {
    Record question = query.getQuestion();
    Message reply = new Message(query.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.getHeader().setFlag(Flags.AA);
    if (query.getHeader().getFlag(Flags.RD)) {
      reply.getHeader().setFlag(Flags.RD);
    }
    reply.addRecord(question, Section.QUESTION);
    if (query.getHeader().getOpcode() != Opcode.QUERY) {
      reply.getHeader().setRcode(Rcode.NOTIMP);
      return reply;
    }
    Optional<List<Record>> records = records(question, machine);
    if (records.isEmpty()) {
      reply.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    for (Record record : records.orElse(List.of())) {
      reply.addRecord(record, Section.ANSWER);
    }
    if (reply.getSection(Section.ANSWER).isEmpty()) {
      reply.addRecord(soa(), Section.AUTHORITY);
    }
    return reply;
  }

  /** What there is of that name and type; empty if there is no such name. */
  private Optional<List<Record>> records(Record question, InetAddress machine) {
    Name name = question.getName();
    int type = question.getType();
    if (name.equals(origin)) {
      return Optional.of(ofOrigin(name, type));
    }
    if (name.labels() != origin.labels() + 1) {
      return Optional.empty();
    }
    String label = name.getLabelString(0).toLowerCase(Locale.ROOT);
    OptionalInt disk = diskNumber(label);
    if (disk.isPresent()) {
      return Optional.of(
          isAddress(type)
              ? addresses(name, type, boxes.of(new Disk(machine, disk.getAsInt())))
              : notAddresses(name, type));
    }
    if (label.startsWith(BOX)) {
      List<InetAddress> addresses = boxes.of(label.substring(BOX.length()));
      return addresses.isEmpty()
          ? Optional.empty()
          : Optional.of(
              isAddress(type) ? addresses(name, type, addresses) : notAddresses(name, type));
    }
    return Optional.empty();
  }

  /** 1 for {@code disk1}; empty for what is no disk's label. */
  private static OptionalInt diskNumber(String label) {
    Matcher disk = DISK.matcher(label);
    int number = disk.matches() ? Integer.parseInt(disk.group(1)) : 0;
    return number >= 1 && number <= MAX_DISK ? OptionalInt.of(number) : OptionalInt.empty();
  }

  private List<Record> ofOrigin(Name name, int type) {
    return switch (type) {
      case Type.SOA -> List.of(soa());
      case Type.NS -> {
        List<Record> records = new ArrayList<>();
        for (String box : boxes.names()) {
          records.add(new NSRecord(name, DClass.IN, TTL_SECONDS, below(BOX + box)));
        }
        yield records;
      }
      default -> notAddresses(name, type);
    };
  }

  private static boolean isAddress(int type) {
    return type == Type.A || type == Type.AAAA;
  }

  /**
   * Nothing; but of everything there is a little (RFC 8482), as all of it helps attackers alone.
   */
  private static List<Record> notAddresses(Name name, int type) {
    return type == Type.ANY
        ? List.of(new HINFORecord(name, DClass.IN, TTL_SECONDS, "RFC8482", ""))
        : List.of();
  }

  private static List<Record> addresses(Name name, int type, List<InetAddress> addresses) {
    List<Record> records = new ArrayList<>();
    for (InetAddress address : addresses) {
      if (type == Type.A && address instanceof Inet4Address) {
        records.add(new ARecord(name, DClass.IN, TTL_SECONDS, address));
      } else if (type == Type.AAAA && address instanceof Inet6Address) {
        records.add(new AAAARecord(name, DClass.IN, TTL_SECONDS, address));
      }
    }
    return records;
  }

  /** The last number is how long nobody need ask again for what is not there (RFC 2308). */
  private SOARecord soa() {
    return new SOARecord(
        origin, DClass.IN, TTL_SECONDS, self, below("nobody"), 1, 3600, 600, 86_400, TTL_SECONDS);
  }
}
