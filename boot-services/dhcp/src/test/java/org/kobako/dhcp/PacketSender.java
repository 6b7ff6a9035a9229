package org.kobako.dhcp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.kobako.testing.Segment;

/** Sends a packet as firmware would, in a namespace, and prints a line for each reply. */
final class PacketSender {
  private static final long PATIENCE_MS = 1500;

  private PacketSender() {}

  /**
   * Sends from port 68 of a host.
   *
   * @return a line for each reply, as {@link #describe} has it
   */
  static List<String> send(Segment.Host from, byte[] packet, String address, int port) {
    String said =
        from.run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                PacketSender.class.getName(),
                HexFormat.of().formatHex(packet),
                address,
                String.valueOf(port))
            .succeeded();
    return said.lines().toList();
  }

  public static void main(String... args) throws IOException, InterruptedException {
    try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
      channel.setOption(StandardSocketOptions.SO_BROADCAST, true);
      channel.bind(new InetSocketAddress(68));
      channel.send(
          ByteBuffer.wrap(HexFormat.of().parseHex(args[0])),
          new InetSocketAddress(args[1], Integer.parseInt(args[2])));
      channel.configureBlocking(false);
      long endNs = System.nanoTime() + PATIENCE_MS * 1_000_000;
      ByteBuffer reply = ByteBuffer.allocate(2000);
      while (System.nanoTime() < endNs) {
        if (channel.receive(reply.clear()) instanceof InetSocketAddress from) {
          System.out.println(describe(from, ReplyView.of(reply.flip())));
        }
        Thread.sleep(10);
      }
    }
  }

  private static String describe(InetSocketAddress from, ReplyView reply) {
    return "from %s:%d type %d address %s class %s options-43 %s file %s"
        .formatted(
            from.getAddress().getHostAddress(),
            from.getPort(),
            reply.type(),
            reply.yourAddress(),
            reply.text(60),
            HexFormat.of().formatHex(reply.options().getOrDefault(43, new byte[0])),
            reply.text(67).replace("\0", ""));
  }
}
