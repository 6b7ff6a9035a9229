package org.kobako.dhcp.service;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.kobako.boot.plan.FirstFile;
import org.kobako.boot.plan.MachineFirmware;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.identity.FirmwareIdentity;
import org.kobako.dhcp.packet.DhcpPacket;
import org.kobako.dhcp.packet.OptionCode;
import org.kobako.dhcp.packet.ReplyWriter;

/** Tells a machine's firmware its first file, in the firmware's own words. */
final class BootOptions {
  private static final String PXE_CLASS = "PXEClient";
  private static final String HTTP_CLASS = "HTTPClient";

  /** Options inside option 43 (PXE specification 2.1, table 2-1). */
  private static final int PXE_DISCOVERY_CONTROL = 6;

  private static final int PXE_BOOT_ITEM = 71;

  /** Do not look for boot servers, show no menu: load the file that is named. */
  private static final byte USE_THE_NAMED_FILE = 8;

  private static final int BOOT_ITEM_BYTES = 4;

  /**
   * One menu entry, of the name that the ROM looks for, of boot server type 0, and a prompt: in the
   * shape in which everybody sends it to that ROM.
   */
  private static final byte[] RASPBERRY_PI_MENU =
      "\6\1\3\12\4\0PXE\11\24\0\0\21Raspberry Pi Boot\377".getBytes(StandardCharsets.ISO_8859_1);

  /** iPXE's option 175.176: do not wait for a proxyDHCP server; saves it a second or more. */
  private static final byte[] IPXE_NO_PROXY = {(byte) 176, 1, 1};

  private BootOptions() {}

  /** Into the reply of a server that also gives the address. */
  static void writeWithAddress(
      ReplyWriter reply, FirmwareIdentity identity, FirstFile file, Ipv4Address box) {
    switch (identity.dialect()) {
      // Without option 60: a ROM that reads PXEClient may go on to ask on port 4011.
      case PXE -> writeNamed(reply, file, box, "\0");
      case RASPBERRY_PI -> writeRaspberryPi(reply, box);
      case HTTP -> writeHttp(reply, file);
      case IPXE -> {
        writeNamed(reply, file, box, "");
        reply.option(OptionCode.IPXE, IPXE_NO_PROXY);
      }
      case PLAIN -> writeNamed(reply, file, box, "");
    }
  }

  /** Into a proxyDHCP reply, which has no address. */
  static void writeAlone(
      ReplyWriter reply,
      DhcpPacket request,
      FirmwareIdentity identity,
      FirstFile file,
      Ipv4Address box) {
    switch (identity.dialect()) {
      case PXE -> {
        reply.option(OptionCode.VENDOR_CLASS, PXE_CLASS);
        writeVendorOptions(reply, request, identity);
        writeNamed(reply, file, box, "\0");
      }
      case RASPBERRY_PI -> writeRaspberryPi(reply, box);
      case HTTP -> writeHttp(reply, file);
      case IPXE -> {
        reply.option(OptionCode.VENDOR_CLASS, PXE_CLASS);
        writeNamed(reply, file, box, "");
      }
      case PLAIN -> writeNamed(reply, file, box, "");
    }
  }

  /**
   * A boot server that was looked for repeats which one it is. Otherwise a BIOS's ROM is told that
   * there is nothing to look for; UEFI must see no option 43 in the OFFER, whereupon it asks on
   * port 4011 (BINL): several makers' firmware has the menus of option 43 wrong.
   */
  private static void writeVendorOptions(
      ReplyWriter reply, DhcpPacket request, FirmwareIdentity identity) {
    byte[] item = bootItem(request.option(OptionCode.VENDOR_OPTIONS));
    if (item.length == BOOT_ITEM_BYTES) {
      ByteBuffer options = ByteBuffer.allocate(BOOT_ITEM_BYTES + 3);
      options.put((byte) PXE_BOOT_ITEM).put((byte) BOOT_ITEM_BYTES).put(item).put((byte) -1);
      reply.option(OptionCode.VENDOR_OPTIONS, options.array());
    } else if (identity.machine().firmware() == MachineFirmware.PXE_BIOS) {
      reply.option(
          OptionCode.VENDOR_OPTIONS,
          (byte) PXE_DISCOVERY_CONTROL,
          (byte) 1,
          USE_THE_NAMED_FILE,
          (byte) OptionCode.END);
    }
  }

  /** The value of option 43.71, empty if there is none; ends at anything malformed. */
  private static byte[] bootItem(byte[] options) {
    int offset = 0;
    while (options.length - offset >= 2 && (options[offset] & 0xff) != OptionCode.END) {
      int length = options[offset + 1] & 0xff;
      if (length > options.length - offset - 2) {
        break;
      }
      if (options[offset] == PXE_BOOT_ITEM) {
        return Arrays.copyOfRange(options, offset + 2, offset + 2 + length);
      }
      offset += 2 + length;
    }
    return new byte[0];
  }

  /**
   * A name or URL in every place where firmware looks: the header's field (U-Boot, old ROMs),
   * option 67 (EDK2 and iPXE prefer it), the server in siaddr and, as text, in option 66.
   *
   * @param end of option 67: some ROMs need a NUL there
   */
  private static void writeNamed(ReplyWriter reply, FirstFile file, Ipv4Address box, String end) {
    switch (file) {
      case FirstFile.OverTftp tftp ->
          reply
              .nextServer(box)
              .fileField(tftp.name().toString())
              .option(OptionCode.BOOT_FILE_NAME, tftp.name() + end)
              .option(OptionCode.TFTP_SERVER_NAME, box.toString());
      case FirstFile.OverHttp http ->
          reply.nextServer(box).option(OptionCode.BOOT_FILE_NAME, http.url() + end);
      case FirstFile.Nothing nothing -> {
        // An address is all it gets.
      }
    }
  }

  /** UEFI takes no offer for HTTP Boot without its own class in it. */
  private static void writeHttp(ReplyWriter reply, FirstFile file) {
    if (file instanceof FirstFile.OverHttp http) {
      reply
          .option(OptionCode.VENDOR_CLASS, HTTP_CLASS)
          .option(OptionCode.BOOT_FILE_NAME, http.url() + "\0");
    }
  }

  /** It knows the names of its files itself. */
  private static void writeRaspberryPi(ReplyWriter reply, Ipv4Address box) {
    reply
        .nextServer(box)
        .option(OptionCode.VENDOR_CLASS, PXE_CLASS)
        .option(OptionCode.VENDOR_OPTIONS, RASPBERRY_PI_MENU)
        .option(OptionCode.TFTP_SERVER_NAME, box.toString());
  }
}
