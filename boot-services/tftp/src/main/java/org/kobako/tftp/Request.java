package org.kobako.tftp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kobako.boot.plan.BootFileName;

/** What a datagram to the request port asks. Parsing never throws, whatever the datagram is. */
sealed interface Request {
  /** A file, in octet mode. */
  record Read(BootFileName name, Options options) implements Request {}

  /** A request that is not granted, and what the machine is told. */
  record Refused(ErrorCode code, String text) implements Request {}

  /** No request. It is not answered: to answer an ERROR or a stray could go on for ever. */
  record Noise() implements Request {}

  static Request parse(ByteBuffer packet) {
    return switch (Packet.opcode(packet)) {
      case Packet.RRQ -> parseRead(packet);
      case Packet.WRQ ->
          new Refused(ErrorCode.ACCESS_VIOLATION, "this box hands out files and takes none");
      default -> new Noise();
    };
  }

  private static Request parseRead(ByteBuffer packet) {
    if (packet.limit() > Packet.MAX_REQUEST_BYTES) {
      return malformed("a request has at most 512 bytes");
    }
    List<String> texts = texts(packet);
    if (texts.size() < 2) {
      return malformed("a request has a name and a mode, each ended by a zero byte");
    }
    switch (texts.get(1).toLowerCase(Locale.ROOT)) {
      case "octet" -> {}
      case "netascii" -> {
        return malformed("netascii would change the file: ask for it in octet (binary) mode");
      }
      default -> {
        return malformed("the only mode is octet");
      }
    }
    Options options = Options.NONE;
    for (int i = 2; i + 1 < texts.size(); i += 2) {
      options = options.and(texts.get(i), texts.get(i + 1));
    }
    return named(texts.getFirst(), options);
  }

  /**
   * The file of that name. Some ask with an absolute name (GRUB), some with backslashes (Windows
   * loaders), and either may double them. Some PXE ROMs take the end of DHCP's options for the end
   * of the name, which then has a 0xFF after it. U-Boot asks for folders, too.
   */
  private static Request named(String asked, Options options) {
    String path = asked.replaceFirst("\u00ff+$", "").replace('\\', '/');
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        return new Refused(ErrorCode.ACCESS_VIOLATION, "a name leads to no parent directory");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    Optional<BootFileName> name =
        path.endsWith("/") ? Optional.empty() : BootFileName.parse(String.join("/", parts));
    return name.<Request>map(it -> new Read(it, options))
        .orElseGet(() -> new Refused(ErrorCode.FILE_NOT_FOUND, "no boot file has such a name"));
  }

  /** The texts that are ended by a zero byte, at most as many as the packet has bytes. */
  private static List<String> texts(ByteBuffer packet) {
    List<String> texts = new ArrayList<>();
    int start = Packet.TEXT_OFFSET;
    for (int i = start; i < packet.limit(); i++) {
      if (packet.get(i) == 0) {
        byte[] text = new byte[i - start];
        packet.get(start, text);
        texts.add(new String(text, StandardCharsets.ISO_8859_1));
        start = i + 1;
      }
    }
    return texts;
  }

  private static Refused malformed(String text) {
    return new Refused(ErrorCode.ILLEGAL_OPERATION, text);
  }
}
