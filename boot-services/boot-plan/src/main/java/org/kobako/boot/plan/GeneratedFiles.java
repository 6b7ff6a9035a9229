package org.kobako.boot.plan;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Boot files that are not in any folder: a machine's plan, in the words of the loader that asks.
 *
 * <table>
 * <caption>Names</caption>
 * <tr><td>{@code machines/MAC/ARCH/boot.ipxe}<td>iPXE, as DHCP told it
 * <tr><td>{@code boot.scr.uimg}<td>U-Boot, first of all: tells it to take the next
 * <tr><td>{@code pxelinux.cfg/01-MAC}<td>U-Boot and PXELINUX, of a machine that DHCP has seen
 * </table>
 */
public final class GeneratedFiles implements BootFiles {
  /** U-Boot's standard boot asks for it by this name before anything else. */
  static final BootFileName UBOOT_SCRIPT = BootFileName.of("boot.scr.uimg");

  private static final Pattern IPXE_SCRIPT =
      Pattern.compile("machines/(?<mac>[^/]+)/(?<architecture>[^/]+)/boot\\.ipxe");
  private static final Pattern PXELINUX_CONF = Pattern.compile("pxelinux\\.cfg/01-(?<mac>[^/]+)");

  /** U-Boot has asked DHCP by then; its environment says where the box and the addresses are. */
  private static final byte[] UBOOT_SCRIPT_BYTES =
      UbootScript.of("Kobako", "if pxe get; then pxe boot; fi\n");

  private final BootPlanner planner;
  private final MachinesSeen seen;
  private final Supplier<? extends Collection<String>> images;

  /**
   * Files by these plans.
   *
   * @param images names of the images that the box holds now
   */
  public GeneratedFiles(
      BootPlanner planner, MachinesSeen seen, Supplier<? extends Collection<String>> images) {
    this.planner = planner;
    this.seen = seen;
    this.images = images;
  }

  static BootFileName ipxeScript(MacAddress mac, Architecture architecture) {
    return BootFileName.of(
        "machines/%s/%s/boot.ipxe".formatted(mac.dashed(), architecture.debianName()));
  }

  @Override
  public Optional<BootFile> open(BootFileName name) {
    if (name.equals(UBOOT_SCRIPT)) {
      return Optional.of(BootFile.of(UBOOT_SCRIPT_BYTES));
    }
    Matcher ipxe = IPXE_SCRIPT.matcher(name.toString());
    if (ipxe.matches()) {
      return MacAddress.parse(ipxe.group("mac"))
          .flatMap(mac ->
              Architecture.ofDebianName(ipxe.group("architecture"))
                  .map(it -> new Machine(mac, it, MachineFirmware.IPXE)))
          .map(machine -> text(IpxeScript.of(machine, planOf(machine), planner.box(), name)));
    }
    Matcher pxelinux = PXELINUX_CONF.matcher(name.toString());
    if (pxelinux.matches()) {
      return MacAddress.parse(pxelinux.group("mac"))
          .flatMap(seen::find)
          .map(machine -> text(ExtlinuxConf.of(machine, planOf(machine))));
    }
    return Optional.empty();
  }

  private BootPlan planOf(Machine machine) {
    return planner.plan(machine, images.get());
  }

  private static BootFile text(String text) {
    return BootFile.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}
