package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The machines that the tests switch on: an emulated board with its firmware, and how it boots. */
enum Hardware {
  /**
   * SeaBIOS; the card's ROM is iPXE, QEMU's default: one that is named is not fitted to the card.
   */
  X86_BIOS("amd64", "ttyS0") {
    @Override
    List<String> board(Emulators emulators, Path work) {
      return x86(emulators, "pc,graphics=off");
    }

    @Override
    String cardRom() {
      return "";
    }
  },

  /** OVMF, by PXE. */
  X86_UEFI_PXE("amd64", "ttyS0") {
    @Override
    List<String> board(Emulators emulators, Path work) throws IOException {
      return ovmf(emulators, work);
    }
  },

  /** OVMF, by HTTP Boot: PXE is switched off, which it would try first. */
  X86_UEFI_HTTP("amd64", "ttyS0") {
    @Override
    List<String> board(Emulators emulators, Path work) throws IOException {
      List<String> board = ovmf(emulators, work);
      for (String ip : List.of("IPv4", "IPv6")) {
        board.addAll(List.of("-fw_cfg", "name=opt/org.tianocore/" + ip + "PXESupport,string=n"));
      }
      return board;
    }
  },

  /**
   * AAVMF, by PXE. EDK II 2025 has no network on a core without random numbers of its own, whatever
   * device for them is there.
   */
  ARM64_UEFI("arm64", "ttyAMA0") {
    @Override
    List<String> board(Emulators emulators, Path work) throws IOException {
      List<String> board = new ArrayList<>(arm64("max,pauth=off,sve=off"));
      board.addAll(flash(work, Path.of("/usr/share/AAVMF"), "AAVMF_CODE.fd", "AAVMF_VARS.fd"));
      return board;
    }
  },

  /** U-Boot, by its standard boot. */
  ARM64_UBOOT("arm64", "ttyAMA0") {
    @Override
    List<String> board(Emulators emulators, Path work) {
      List<String> board = new ArrayList<>(arm64("cortex-a57"));
      board.addAll(List.of("-bios", emulators.uboot("qemu_arm64").toString()));
      return board;
    }
  },

  /** U-Boot; a kernel without LPAE sees PCI only below 4 GB. */
  ARMHF_UBOOT("armhf", "ttyAMA0") {
    @Override
    List<String> board(Emulators emulators, Path work) {
      return List.of(
          "qemu-system-arm",
          "-machine",
          "virt,highmem=off",
          "-cpu",
          "cortex-a15",
          "-bios",
          emulators.uboot("qemu_arm").toString());
    }
  },

  /** RTS7751R2D plus; without a boot loader, and Linux is on its second serial line. */
  SH4_R2D("sh4", "ttySC1") {
    @Override
    List<String> board(Emulators emulators, Path work) {
      return List.of("qemu-system-sh4", "-machine", "r2d", "-serial", "null");
    }
  };

  private final String architecture;
  private final String console;

  Hardware(String architecture, String console) {
    this.architecture = architecture;
    this.console = console;
  }

  /** In the words of the command line and of log folders: {@code x86-bios}. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** By Debian's name. */
  String architecture() {
    return architecture;
  }

  /** What Linux calls its serial line. */
  String console() {
    return console;
  }

  /**
   * The emulator, the board, the firmware.
   *
   * @param work where the firmware's own settings are kept, new for each machine
   */
  abstract List<String> board(Emulators emulators, Path work) throws IOException;

  /** None: QEMU would give every card iPXE, and UEFI would run that instead of its own PXE. */
  String cardRom() {
    return ",romfile=";
  }

  /** A core without pointer authentication, which costs an emulator half its speed. */
  private static List<String> arm64(String core) {
    return List.of("qemu-system-aarch64", "-machine", "virt", "-cpu", core);
  }

  private static List<String> x86(Emulators emulators, String board) {
    List<String> command = new ArrayList<>(emulators.x86());
    command.addAll(List.of("-machine", board, "-cpu", "max"));
    return command;
  }

  private static List<String> ovmf(Emulators emulators, Path work) throws IOException {
    List<String> board = x86(emulators, "q35,smm=off,graphics=off");
    board.addAll(flash(work, Path.of("/usr/share/OVMF"), "OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"));
    return board;
  }

  private static List<String> flash(Path work, Path folder, String code, String settings)
      throws IOException {
    Path own = work.resolve(settings);
    Files.copy(folder.resolve(settings), own);
    String drive = "if=pflash,format=raw,unit=%d,file=%s%s";
    return List.of(
        "-drive",
        drive.formatted(0, folder.resolve(code), ",readonly=on"),
        "-drive",
        drive.formatted(1, own, ""));
  }
}
