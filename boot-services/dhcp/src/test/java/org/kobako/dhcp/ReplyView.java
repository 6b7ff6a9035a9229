package org.kobako.dhcp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A reply as a machine reads it, by other code than that which wrote it. */
public record ReplyView(ByteBuffer bytes, Map<Integer, byte[]> options) {
  public static ReplyView of(ByteBuffer sent) {
    ByteBuffer bytes = sent.slice();
    Map<Integer, byte[]> options = new LinkedHashMap<>();
    for (int at = 240; (bytes.get(at) & 0xff) != 255; at += 2 + (bytes.get(at + 1) & 0xff)) {
      byte[] value = new byte[bytes.get(at + 1) & 0xff];
      bytes.get(at + 2, value);
      options.merge(bytes.get(at) & 0xff, value, ReplyView::concat);
    }
    return new ReplyView(bytes, options);
  }

  private static byte[] concat(byte[] a, byte[] b) {
    return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
  }

  private byte[] value(int code) {
    byte[] value = options.get(code);
    if (value == null) {
      throw new AssertionError("no option " + code);
    }
    return value;
  }

  public int type() {
    return value(53)[0];
  }

  public String yourAddress() {
    return dotted(16);
  }

  public String nextServer() {
    return dotted(20);
  }

  private String dotted(int offset) {
    byte[] address = new byte[4];
    bytes.get(offset, address);
    return dotted(address);
  }

  public String address(int code) {
    return dotted(value(code));
  }

  private static String dotted(byte[] address) {
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  public int seconds(int code) {
    return ByteBuffer.wrap(value(code)).getInt();
  }

  public String text(int code) {
    return options.containsKey(code) ? new String(value(code), StandardCharsets.ISO_8859_1) : "";
  }

  public String file() {
    byte[] file = new byte[128];
    bytes.get(108, file);
    return new String(file, StandardCharsets.ISO_8859_1).replaceAll("\0.*", "");
  }
}
