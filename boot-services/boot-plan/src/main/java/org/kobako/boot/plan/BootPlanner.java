package org.kobako.boot.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides what a machine boots. The same machine, rules, images and boxes give the same plan.
 *
 * @param rules the operator's
 * @param box the one that answers
 * @param names of its room; empty for a box that is alone
 */
public record BootPlanner(BootRules rules, BoxAddress box, Optional<RoomNames> names) {
  /** For a box that is alone. */
  public BootPlanner(BootRules rules, BoxAddress box) {
    this(rules, box, Optional.empty());
  }

  /** Loads iPXE's script for PC BIOS machines through the card's own driver (UNDI). */
  static final BootFileName IPXE_BIOS = BootFileName.of("ipxe/undionly.kpxe");

  static final BootFileName IPXE_AMD64 = BootFileName.of("ipxe/ipxe-amd64.efi");
  static final BootFileName IPXE_ARM64 = BootFileName.of("ipxe/ipxe-arm64.efi");

  /**
   * What DHCP tells a machine's firmware. iPXE is the one loader of PC BIOS and UEFI machines, and
   * iPXE itself gets the script: never iPXE again, which would go round for ever.
   */
  public FirstFile firstFile(Machine machine) {
    if (rules.choice(machine).localDisk().orElse(false)) {
      return new FirstFile.Nothing("the rules send it to its own disk");
    }
    return switch (machine.firmware()) {
      case PXE_BIOS -> new FirstFile.OverTftp(IPXE_BIOS);
      case PXE_UEFI ->
          efiLoader(machine)
              .<FirstFile>map(FirstFile.OverTftp::new)
              .orElseGet(() -> noLoader(machine));
      case HTTP_UEFI ->
          efiLoader(machine)
              .<FirstFile>map(loader -> new FirstFile.OverHttp(box.url(loader)))
              .orElseGet(() -> noLoader(machine));
      case IPXE ->
          new FirstFile.OverHttp(
              box.url(GeneratedFiles.ipxeScript(machine.mac(), machine.architecture())));
      case UBOOT -> new FirstFile.OverTftp(GeneratedFiles.UBOOT_SCRIPT);
      case NONE -> new FirstFile.Nothing("it is no firmware");
    };
  }

  private static Optional<BootFileName> efiLoader(Machine machine) {
    return switch (machine.architecture()) {
      case AMD64 -> Optional.of(IPXE_AMD64);
      case ARM64 -> Optional.of(IPXE_ARM64);
      case I386, ARMHF, RISCV64, LOONG64, UNKNOWN -> Optional.empty();
    };
  }

  private static FirstFile noLoader(Machine machine) {
    return new FirstFile.Nothing(
        "there is no iPXE for UEFI on " + machine.architecture().debianName());
  }

  /**
   * What follows the first file.
   *
   * @param images names of all images that the box holds
   */
  public BootPlan plan(Machine machine, Collection<String> images) {
    BootChoice choice = rules.choice(machine);
    if (choice.localDisk().orElse(false)) {
      return new BootPlan.LocalDisk();
    }
    String architecture = rules.architecture(machine).debianName();
    List<String> candidates =
        choice.image().isPresent()
            ? images.stream().filter(choice.image().get()::equals).toList()
            : imagesFor(architecture, images);
    if (candidates.size() != 1) {
      return new BootPlan.Impossible(whyNoImage(choice, architecture, images, candidates));
    }
    String image = candidates.getFirst();
    return new BootPlan.Netboot(
        image,
        choice.kernel().orElseGet(() -> BootFileName.of(architecture + "/vmlinuz")),
        choice.initrd().orElseGet(() -> BootFileName.of(architecture + "/initrd")),
        commandLine(machine, image, choice));
  }

  /** The only image; of several, those that have the architecture at the end of their names. */
  private static List<String> imagesFor(String architecture, Collection<String> images) {
    return images.size() == 1
        ? List.copyOf(images)
        : images.stream()
            .filter(name -> name.equals(architecture) || name.endsWith("-" + architecture))
            .sorted()
            .toList();
  }

  private static String whyNoImage(
      BootChoice choice, String architecture, Collection<String> images, List<String> candidates) {
    if (images.isEmpty()) {
      return "the box's store has no image: make one with kobako pack";
    }
    if (choice.image().isPresent()) {
      return "the box's store has no image "
          + choice.image().get()
          + ": pack it, or name another in kobako.toml";
    }
    String which = String.join(", ", candidates.isEmpty() ? new ArrayList<>(images) : candidates);
    return (candidates.isEmpty()
            ? "none of the images " + which + " ends in -" + architecture
            : "several images are for " + architecture + ": " + which)
        + "; name the one to boot in kobako.toml";
  }

  /**
   * {@code BOOTIF} is PXELINUX's word for the card that booted (01: Ethernet): initramfs-tools of a
   * machine with several goes on with that one. Our own init asks on all that have a cable.
   */
  private String commandLine(Machine machine, String image, BootChoice choice) {
    String first = names.map(room -> room.url(box)).orElseGet(box::url);
    List<String> boxes = Stream.concat(Stream.of(first), rules.otherBoxes().stream()).toList();
    String resolvers = names.map(room -> " kobako.resolver=" + room.resolverWords()).orElse("");
    String ours =
        "kobako.image=%s kobako.from=%s%s BOOTIF=01-%s"
            .formatted(image, String.join(",", boxes), resolvers, machine.mac().dashed());
    return choice
        .commandLine()
        .filter(words -> !words.isBlank())
        .map(w -> ours + " " + w)
        .orElse(ours);
  }
}
