package org.kobako.dhcp.identity;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kobako.boot.plan.Architecture;
import org.kobako.boot.plan.Machine;
import org.kobako.boot.plan.MachineFirmware;
import org.kobako.boot.plan.MachineType;
import org.kobako.dhcp.packet.DhcpPacket;
import org.kobako.dhcp.packet.OptionCode;

/**
 * Which machine and which of its programs asks, and what it needs beside a boot file.
 *
 * @param machine as boot-plan knows it
 * @param dialect how it wants its boot file told
 */
public record FirmwareIdentity(Machine machine, Dialect dialect) {
  /** The words in which a boot file is told. */
  public enum Dialect {
    /** PXE (option 60 {@code PXEClient}). */
    PXE,
    /** The boot ROM of a Raspberry Pi 3 or 4: PXE that wants a menu with its name in it. */
    RASPBERRY_PI,
    /** UEFI HTTP Boot (option 60 {@code HTTPClient}). */
    HTTP,
    /** iPXE. */
    IPXE,
    /** BOOTP's fields and nothing more: U-Boot, and operating systems. */
    PLAIN
  }

  private static final String PXE_CLASS = "PXEClient";
  private static final String HTTP_CLASS = "HTTPClient";
  private static final String UBOOT_CLASS = "U-Boot";
  private static final String IPXE_USER_CLASS = "iPXE";

  /** UNDI's version follows, which nobody needs. */
  private static final Pattern ARCHITECTURE_TEXT =
      Pattern.compile("(?:PXE|HTTP)Client:Arch:([0-9A-Fa-f]{5})(?::.*)?");

  private static final int HEXADECIMAL = 16;

  /** Each tolerated quirk says who has it. */
  public static FirmwareIdentity of(DhcpPacket packet) {
    String vendorClass = packet.text(OptionCode.VENDOR_CLASS);
    MachineType type = type(packet, vendorClass);
    if (isIpxe(packet)) {
      return identity(packet, type.architecture(), MachineFirmware.IPXE, Dialect.IPXE);
    }
    if (isRaspberryPiRom(packet, vendorClass)) {
      return identity(packet, Architecture.ARM64, MachineFirmware.NONE, Dialect.RASPBERRY_PI);
    }
    if (vendorClass.startsWith(HTTP_CLASS)) {
      return identity(packet, type.architecture(), MachineFirmware.HTTP_UEFI, Dialect.HTTP);
    }
    if (vendorClass.startsWith(PXE_CLASS)) {
      return identity(packet, type.architecture(), type.firmware(), Dialect.PXE);
    }
    if (vendorClass.startsWith(UBOOT_CLASS) || type.firmware() == MachineFirmware.UBOOT) {
      return identity(packet, type.architecture(), MachineFirmware.UBOOT, Dialect.PLAIN);
    }
    return identity(packet, Architecture.UNKNOWN, MachineFirmware.NONE, Dialect.PLAIN);
  }

  private static FirmwareIdentity identity(
      DhcpPacket packet, Architecture architecture, MachineFirmware firmware, Dialect dialect) {
    return new FirmwareIdentity(new Machine(packet.mac(), architecture, firmware), dialect);
  }

  /**
   * iPXE has a user class without the length byte that RFC 3004 wants, and its own option 175; a
   * build may leave out one of them.
   */
  private static boolean isIpxe(DhcpPacket packet) {
    return packet.text(OptionCode.USER_CLASS).endsWith(IPXE_USER_CLASS)
        || packet.has(OptionCode.IPXE);
  }

  /**
   * Option 93 decides. The text of option 60 says the same number in decimal digits, but in
   * hexadecimal ones in U-Boot's EFI of 2025 ({@code Arch:0000a}).
   */
  private static MachineType type(DhcpPacket packet, String vendorClass) {
    // Of several architectures (RFC 4578 section 2.1) the first is the one that runs now.
    int code = packet.number(OptionCode.ARCHITECTURE);
    if (code >= 0) {
      return MachineType.ofPxeCode(code);
    }
    // EDK2 on the Raspberry Pi leaves out option 93.
    Matcher text = ARCHITECTURE_TEXT.matcher(vendorClass);
    if (text.matches()) {
      String digits = text.group(1);
      boolean decimal = digits.chars().allMatch(Character::isDigit);
      return MachineType.ofPxeCode(Integer.parseInt(digits, decimal ? 10 : HEXADECIMAL));
    }
    // A U-Boot built without an architecture (CONFIG_DHCP_PXE_CLIENTARCH) still names its
    // processor.
    if (vendorClass.startsWith(UBOOT_CLASS)) {
      return new MachineType(
          vendorClass.endsWith("armv8")
              ? Architecture.ARM64
              : vendorClass.contains("arm") ? Architecture.ARMHF : Architecture.UNKNOWN,
          MachineFirmware.UBOOT);
    }
    // ROMs from before RFC 4578 have neither; they are all of PCs.
    return vendorClass.startsWith(PXE_CLASS)
        ? MachineType.ofPxeCode(0)
        : new MachineType(Architecture.UNKNOWN, MachineFirmware.NONE);
  }

  /**
   * The ROM of Raspberry Pi 3 and 4 says that it is a PC's BIOS (architecture 0). It is known by
   * the makers' prefixes of its MAC address: option 97 differs from model to model.
   */
  private static boolean isRaspberryPiRom(DhcpPacket packet, String vendorClass) {
    if (!vendorClass.startsWith("PXEClient:Arch:00000:UNDI:002001")) {
      return false;
    }
    return switch ((int) (packet.mac().bits() >>> 24)) {
      case 0xb827eb, 0xdca632, 0xe45f01, 0x28cdc1, 0xd83add, 0x2ccf67 -> true;
      default -> false;
    };
  }
}
