package org.kobako.boot.plan;

import static org.kobako.boot.plan.Architecture.AMD64;
import static org.kobako.boot.plan.Architecture.ARM64;
import static org.kobako.boot.plan.Architecture.ARMHF;
import static org.kobako.boot.plan.Architecture.I386;
import static org.kobako.boot.plan.Architecture.LOONG64;
import static org.kobako.boot.plan.Architecture.RISCV64;
import static org.kobako.boot.plan.Architecture.UNKNOWN;
import static org.kobako.boot.plan.MachineFirmware.HTTP_UEFI;
import static org.kobako.boot.plan.MachineFirmware.PXE_BIOS;
import static org.kobako.boot.plan.MachineFirmware.PXE_UEFI;
import static org.kobako.boot.plan.MachineFirmware.UBOOT;

/** What a machine's network card says of the machine. */
public record MachineType(Architecture architecture, MachineFirmware firmware) {

  /**
   * By the code of DHCP option 93: RFC 4578 section 2.1, as IANA's list of processor architecture
   * types goes on, and as machines use it.
   *
   * <p>Code 0 is every PC with a BIOS; it is taken for one of 64 bits, as all are that were built
   * since 2010. Codes 7 and 9 are both x86-64: RFC 4578 meant 7 for EFI byte code, and its erratum
   * yields to the firmware, which sends 7.
   *
   * @param code 0-65535
   */
  public static MachineType ofPxeCode(int code) {
    return switch (code) {
      case 0, 20 -> new MachineType(AMD64, PXE_BIOS);
      case 6 -> new MachineType(I386, PXE_UEFI);
      case 7, 9 -> new MachineType(AMD64, PXE_UEFI);
      case 10 -> new MachineType(ARMHF, PXE_UEFI);
      case 11 -> new MachineType(ARM64, PXE_UEFI);
      case 15 -> new MachineType(I386, HTTP_UEFI);
      case 16, 17 -> new MachineType(AMD64, HTTP_UEFI);
      case 18 -> new MachineType(ARMHF, HTTP_UEFI);
      case 19 -> new MachineType(ARM64, HTTP_UEFI);
      case 21, 23 -> new MachineType(ARMHF, UBOOT);
      case 22, 24 -> new MachineType(ARM64, UBOOT);
      case 27 -> new MachineType(RISCV64, PXE_UEFI);
      case 28 -> new MachineType(RISCV64, HTTP_UEFI);
      case 36 -> new MachineType(RISCV64, UBOOT);
      case 39 -> new MachineType(LOONG64, PXE_UEFI);
      case 40 -> new MachineType(LOONG64, HTTP_UEFI);
      default -> new MachineType(UNKNOWN, PXE_UEFI);
    };
  }
}
