package org.kobako.appliance.firmware;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.SigningKey;
import org.kobako.block.format.digest.Digester;
import org.kobako.block.format.digest.Digesters;

/**
 * What an update says of itself.
 *
 * @param target the kind of box it is for, as {@code kobako firmware} names it
 * @param version grows with every update: the time of the commit that it was made of, in seconds
 * @param boot what goes into the slot's boot partition
 * @param root what goes into its root partition
 */
public record UpdateHeader(String target, long version, Payload boot, Payload root) {
  /** With its signature; a longer one is refused unread. */
  static final int MAX_BYTES = 4096;

  static final String FIRST_LINE = "kobako-update 1\n";
  static final String SIGNATURE = "signature: ";

  /** Ed25519's 64 bytes in Base64 (RFC 4648 section 4). */
  static final int SIGNATURE_CHARS = 88;

  static final String END = "\n\n";

  /** More than any partition of a card has; sums of two fit a long. */
  private static final long MAX_PAYLOAD_BYTES = 1L << 40;

  private static final int MAX_TARGET_CHARS = 32;

  /** Decimal digits that always fit a long. */
  private static final int MAX_DIGITS = 18;

  /**
   * Bytes that fill a partition from its start.
   *
   * @param sha256 of them, 64 lower-case hexadecimal characters
   */
  public record Payload(long lengthBytes, String sha256) {
    private static final int PIECE_BYTES = 64 << 10;

    public Payload {
      if (lengthBytes < 1 || lengthBytes > MAX_PAYLOAD_BYTES) {
        throw new IllegalArgumentException(lengthBytes + " bytes");
      }
      if (sha256.length() != BlockDigest.HEX_CHARS || !isOf(sha256, "0123456789abcdef")) {
        throw new IllegalArgumentException("no SHA-256: " + sha256);
      }
    }

    /** The whole of a file, which is read. */
    public static Payload of(Path file) throws IOException {
      Digester digester = Digesters.newDigester();
      OffHeapBuffer piece = OffHeapBuffer.allocate(PIECE_BYTES);
      long length = 0;
      digester.begin();
      try (FileChannel channel = FileChannel.open(file)) {
        while (channel.read(piece.bytes().clear()) >= 0) {
          int bytes = piece.bytes().position();
          digester.update(piece, bytes);
          length += bytes;
        }
      }
      BlockDigest digest = new BlockDigest();
      digester.end(digest);
      return new Payload(length, digest.toHex());
    }
  }

  public UpdateHeader {
    if (target.isEmpty()
        || target.length() > MAX_TARGET_CHARS
        || !isOf(target, "abcdefghijklmnopqrstuvwxyz0123456789-")) {
      throw new IllegalArgumentException("no target: " + target);
    }
    if (version < 1 || Long.toString(version).length() > MAX_DIGITS) {
      throw new IllegalArgumentException("no version: " + version);
    }
  }

  /** What the file has behind its header. */
  public long payloadBytes() {
    return boot.lengthBytes + root.lengthBytes;
  }

  /** The beginning of an update file; boot's bytes and root's go behind it. */
  public byte[] signedBy(SigningKey key) {
    String statement = statement();
    byte[] signature = key.signStatement(statement.getBytes(StandardCharsets.US_ASCII));
    String header = statement + SIGNATURE + Base64.getEncoder().encodeToString(signature) + END;
    return header.getBytes(StandardCharsets.US_ASCII);
  }

  /** The lines that are signed. */
  String statement() {
    return FIRST_LINE
        + ("target: " + target + "\n")
        + ("version: " + version + "\n")
        + ("boot: " + boot.lengthBytes + " " + boot.sha256 + "\n")
        + ("root: " + root.lengthBytes + " " + root.sha256 + "\n");
  }

  /**
   * Reads the lines that are signed, which have one way to be written.
   *
   * @throws IllegalArgumentException if they are written otherwise
   */
  static UpdateHeader ofStatement(String statement) {
    Lines lines = new Lines(statement);
    lines.require(FIRST_LINE);
    String target = lines.value("target: ");
    long version = number(lines.value("version: "));
    Payload boot = payload(lines.value("boot: "));
    Payload root = payload(lines.value("root: "));
    UpdateHeader header = new UpdateHeader(target, version, boot, root);
    if (!header.statement().equals(statement)) {
      throw new IllegalArgumentException("it has lines or zeros too many");
    }
    return header;
  }

  private static Payload payload(String value) {
    int space = value.indexOf(' ');
    if (space < 0) {
      throw new IllegalArgumentException("no length and digest: " + value);
    }
    return new Payload(number(value.substring(0, space)), value.substring(space + 1));
  }

  private static long number(String digits) {
    if (digits.isEmpty() || digits.length() > MAX_DIGITS || !isOf(digits, "0123456789")) {
      throw new IllegalArgumentException("no number: " + digits);
    }
    return Long.parseLong(digits);
  }

  private static boolean isOf(String text, String alphabet) {
    for (int i = 0; i < text.length(); i++) {
      if (alphabet.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  private static final class Lines {
    private final String text;
    private int at;

    Lines(String text) {
      this.text = text;
    }

    void require(String words) {
      if (!text.startsWith(words, at)) {
        throw new IllegalArgumentException("no line that begins with " + words.strip());
      }
      at += words.length();
    }

    /** What stands behind the name of the next line. */
    String value(String name) {
      require(name);
      int end = text.indexOf('\n', at);
      if (end < 0) {
        throw new IllegalArgumentException("the line " + name.strip() + " has no end");
      }
      String value = text.substring(at, end);
      at = end + 1;
      return value;
    }
  }
}
