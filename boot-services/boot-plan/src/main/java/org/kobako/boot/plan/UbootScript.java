package org.kobako.boot.plan;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * A script as U-Boot's {@code source} takes it: text in a legacy uImage (U-Boot's {@code
 * include/image.h}).
 *
 * <pre>
 *  0 magic 27051956 | 4 CRC-32 of the header, with 0 here | 8 time | 12 bytes of data
 * 16 load address   | 20 entry point | 24 CRC-32 of the data
 * 28 system, processor, type, compression | 32 name, 32 bytes
 * 64 data: the text's length, 0, the text
 * </pre>
 *
 * All numbers are big-endian.
 */
final class UbootScript {
  static final int HEADER_BYTES = 64;

  private static final int MAGIC = 0x27051956;
  private static final int HEADER_CRC_OFFSET = 4;
  private static final int NAME_OFFSET = 32;
  private static final byte LINUX = 5;
  private static final byte ARM = 2;
  private static final byte SCRIPT = 6;
  private static final byte NO_COMPRESSION = 0;

  private UbootScript() {}

  static byte[] of(String name, String text) {
    byte[] words = text.getBytes(StandardCharsets.US_ASCII);
    int dataBytes = 2 * Integer.BYTES + words.length;
    ByteBuffer image = ByteBuffer.allocate(HEADER_BYTES + dataBytes);
    image.position(HEADER_BYTES).putInt(words.length).putInt(0).put(words);
    image.rewind();
    image.putInt(MAGIC).putInt(0).putInt(0).putInt(dataBytes).putInt(0).putInt(0);
    image.putInt(crc(image.array(), HEADER_BYTES, dataBytes));
    image.put(LINUX).put(ARM).put(SCRIPT).put(NO_COMPRESSION);
    image.put(NAME_OFFSET, name.getBytes(StandardCharsets.US_ASCII));
    image.putInt(HEADER_CRC_OFFSET, crc(image.array(), 0, HEADER_BYTES));
    return image.array();
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
