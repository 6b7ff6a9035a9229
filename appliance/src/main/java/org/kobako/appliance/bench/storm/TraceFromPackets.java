package org.kobako.appliance.bench.storm;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a boot trace of packets that were captured while one machine booted: a pcap file (libpcap's
 * classic format) of Ethernet, IPv4 and TCP, which has the beginning of each packet at least. How
 * long an answer was is told by TCP's sequence numbers, so bodies need not be in it: {@code tcpdump
 * -s 420 -w FILE tcp port 8080} is enough, and so is what the QEMU tests capture.
 *
 * <p>An answer ends with the last of its bytes that is on the wire before the connection's next
 * request.
 */
public final class TraceFromPackets {
  private static final int FILE_HEAD_BYTES = 24;
  private static final int RECORD_HEAD_BYTES = 16;
  private static final int MAX_PACKET_BYTES = 256 << 10;

  private static final int MAGIC_US = 0xA1B2C3D4;
  private static final int MAGIC_NS = 0xA1B23C4D;
  private static final int ETHERNET = 1;

  private static final int ETHERNET_BYTES = 14;
  private static final int ETHERTYPE_OFFSET = 12;
  private static final int IPV4 = 0x0800;
  private static final int IP_LENGTH_OFFSET = 2;
  private static final int IP_PROTOCOL_OFFSET = 9;
  private static final int IP_SOURCE_OFFSET = 12;
  private static final int IP_DESTINATION_OFFSET = 16;
  private static final int TCP = 6;
  private static final int TCP_SEQUENCE_OFFSET = 4;
  private static final int TCP_LENGTH_OFFSET = 12;
  private static final int TCP_FLAGS_OFFSET = 13;
  private static final int SYN = 2;

  private static final Pattern REQUEST =
      Pattern.compile("^GET /?(?<path>[!-~]*) HTTP/1\\.[01]\r\n");
  private static final Pattern BLOCK = Pattern.compile("blocks/../[0-9a-f]{64}");
  private static final String HEAD_END = "\r\n\r\n";
  private static final String OK = " 200 ";

  private final int boxPort;
  private final List<Exchange> exchanges = new ArrayList<>();
  private final Map<String, Connection> connections = new HashMap<>();
  private long firstUs = -1;

  /** A request, and what came back. */
  private static final class Exchange {
    final int connection;
    final String path;
    final long askedUs;
    long endUs = -1;
    long bytes;
    int headBytes;

    Exchange(int connection, String path, long askedUs) {
      this.connection = connection;
      this.path = path;
      this.askedUs = askedUs;
    }
  }

  private static final class Connection {
    final int number;

    /** Behind what either side has sent; what begins before is sent again. */
    int nextAsked;

    int nextSequence;
    @Nullable Exchange current;

    Connection(int number, int nextAsked) {
      this.number = number;
      this.nextAsked = nextAsked;
    }
  }

  private TraceFromPackets(int boxPort) {
    this.boxPort = boxPort;
  }

  /** Words: the pcap file, the box's HTTP port, the trace to write, which boot it was. */
  public static void main(String[] words) throws IOException {
    BootTrace trace = of(Path.of(words[0]), Integer.parseInt(words[1]), words[3]);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(Path.of(words[2])))) {
      out.write(trace.text().getBytes(StandardCharsets.US_ASCII));
    }
    System.out.printf(
        "%d requests, %d connections, %.1f MB, %.1f s if every answer came at once%n",
        trace.requests().size(), trace.connections(), trace.bytes() / 1e6, trace.thinkSeconds());
  }

  /**
   * Makes one.
   *
   * @param what which machine it was, for people
   * @throws IOException if it is no such capture, or has no request in it
   */
  static BootTrace of(Path pcap, int boxPort, String what) throws IOException {
    TraceFromPackets reading = new TraceFromPackets(boxPort);
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(pcap)))) {
      reading.readAll(in, pcap);
    }
    BootTrace trace = new BootTrace(what, reading.requests());
    if (trace.requests().isEmpty()) {
      throw new IOException(pcap + " has no answer from port " + boxPort + " in it");
    }
    return trace;
  }

  private void readAll(DataInputStream in, Path pcap) throws IOException {
    ByteBuffer head = ByteBuffer.wrap(in.readNBytes(FILE_HEAD_BYTES));
    if (head.remaining() < FILE_HEAD_BYTES) {
      throw new EOFException(pcap + " ends within its head");
    }
    ByteOrder order = ByteOrder.BIG_ENDIAN;
    if (head.getInt(0) != MAGIC_US && head.getInt(0) != MAGIC_NS) {
      order = ByteOrder.LITTLE_ENDIAN;
    }
    int magic = head.order(order).getInt(0);
    if (magic != MAGIC_US && magic != MAGIC_NS || head.getInt(FILE_HEAD_BYTES - 4) != ETHERNET) {
      throw new IOException(pcap + " is no capture of Ethernet in libpcap's classic format");
    }
    while (true) {
      ByteBuffer record = ByteBuffer.wrap(in.readNBytes(RECORD_HEAD_BYTES)).order(order);
      if (record.remaining() < RECORD_HEAD_BYTES) {
        return; // a capture that was stopped may end anywhere
      }
      long atUs =
          Integer.toUnsignedLong(record.getInt(0)) * 1_000_000
              + record.getInt(4) / (magic == MAGIC_NS ? 1000 : 1);
      int length = record.getInt(8);
      if (length < 0 || length > MAX_PACKET_BYTES) {
        throw new IOException(
            "%s has a packet of %d bytes: 0..%d are possible"
                .formatted(pcap, length, MAX_PACKET_BYTES));
      }
      byte[] packet = in.readNBytes(length);
      if (packet.length == length) {
        if (firstUs < 0) {
          firstUs = atUs;
        }
        readPacket(ByteBuffer.wrap(packet), atUs);
      }
    }
  }

  /** What is not TCP over IPv4 was not asked for here. */
  private void readPacket(ByteBuffer packet, long atUs) {
    if (packet.limit() < ETHERNET_BYTES + 20
        || Short.toUnsignedInt(packet.getShort(ETHERTYPE_OFFSET)) != IPV4) {
      return;
    }
    ByteBuffer ip = packet.slice(ETHERNET_BYTES, packet.limit() - ETHERNET_BYTES);
    int ipHead = (ip.get(0) & 0xF) * 4;
    if (ip.get(IP_PROTOCOL_OFFSET) != TCP || ip.limit() < ipHead + 20) {
      return;
    }
    ByteBuffer tcp = ip.slice(ipHead, ip.limit() - ipHead);
    int tcpHead = (tcp.get(TCP_LENGTH_OFFSET) >> 4 & 0xF) * 4;
    int length = Short.toUnsignedInt(ip.getShort(IP_LENGTH_OFFSET)) - ipHead - tcpHead;
    int from = Short.toUnsignedInt(tcp.getShort(0));
    int to = Short.toUnsignedInt(tcp.getShort(2));
    int sequence = tcp.getInt(TCP_SEQUENCE_OFFSET);
    boolean begins = (tcp.get(TCP_FLAGS_OFFSET) & SYN) != 0;
    String payload =
        tcp.limit() > tcpHead
            ? StandardCharsets.ISO_8859_1
                .decode(tcp.slice(tcpHead, tcp.limit() - tcpHead))
                .toString()
            : "";
    if (to == boxPort) {
      String name = ip.getInt(IP_SOURCE_OFFSET) + ":" + from;
      if (begins) {
        connections.put(name, new Connection(connections.size(), sequence + 1));
      } else if (connections.get(name) instanceof Connection connection
          && sequence - connection.nextAsked >= 0) {
        connection.nextAsked = sequence + length;
        asked(connection, payload, atUs);
      }
    } else if (from == boxPort
        && connections.get(ip.getInt(IP_DESTINATION_OFFSET) + ":" + to)
            instanceof Connection connection) {
      if (begins) {
        connection.nextSequence = sequence + 1;
      } else if (length > 0) {
        answered(connection, sequence + length, payload, atUs);
      }
    }
  }

  private void asked(Connection connection, String payload, long atUs) {
    Matcher request = REQUEST.matcher(payload);
    if (request.find() && (connection.current == null || connection.current.endUs >= 0)) {
      connection.current = new Exchange(connection.number, request.group("path"), atUs);
      exchanges.add(connection.current);
    }
  }

  private static void answered(Connection connection, int end, String payload, long atUs) {
    int more = end - connection.nextSequence; // by difference: sequence numbers wrap
    Exchange exchange = connection.current;
    if (exchange == null || more <= 0) {
      return; // sent again
    }
    if (exchange.headBytes == 0) {
      int headEnd = payload.indexOf(HEAD_END);
      if (headEnd < 0 || !payload.substring(0, payload.indexOf("\r\n")).contains(OK)) {
        exchange.headBytes = Integer.MAX_VALUE; // an error's answer is no part of a boot
      } else {
        exchange.headBytes = headEnd + HEAD_END.length();
      }
    }
    exchange.bytes += more;
    exchange.endUs = atUs;
    connection.nextSequence = end;
  }

  private List<BootTrace.Request> requests() {
    List<Exchange> whole =
        exchanges.stream().filter(each -> each.endUs >= 0 && each.bytes > each.headBytes).toList();
    Map<String, Integer> blocks = new HashMap<>();
    Map<Integer, Integer> connectionNumbers = new HashMap<>();
    List<BootTrace.Request> requests = new ArrayList<>();
    for (Exchange exchange : whole) {
      int after = lastEndedBefore(exchange, whole);
      long sinceUs = after == BootTrace.NONE ? firstUs : whole.get(after).endUs;
      int fresh = connectionNumbers.size();
      requests.add(
          new BootTrace.Request(
              connectionNumbers.computeIfAbsent(exchange.connection, number -> fresh),
              after,
              exchange.askedUs - sinceUs,
              (int) (exchange.bytes - exchange.headBytes),
              asked(exchange.path, blocks)));
    }
    return List.copyOf(requests);
  }

  private static BootTrace.Asked asked(String path, Map<String, Integer> blocks) {
    if (!BLOCK.matcher(path).matches()) {
      return new BootTrace.BootFile(path);
    }
    int fresh = blocks.size();
    return new BootTrace.Block(blocks.computeIfAbsent(path, block -> fresh));
  }

  private static int lastEndedBefore(Exchange exchange, List<Exchange> whole) {
    int last = BootTrace.NONE;
    for (int i = 0; i < whole.size() && whole.get(i).askedUs < exchange.askedUs; i++) {
      long endUs = whole.get(i).endUs;
      if (endUs <= exchange.askedUs && (last == BootTrace.NONE || endUs >= whole.get(last).endUs)) {
        last = i;
      }
    }
    return last;
  }
}
