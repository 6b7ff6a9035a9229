package org.kobako.boot.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kobako.boot.plan.Plans.BOX;
import static org.kobako.boot.plan.Plans.MAC;
import static org.kobako.boot.plan.Plans.machine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BootPlannerTest {
  private static final String SCRIPT =
      "http://10.0.0.1:8080/boot/machines/52-54-00-12-34-56/%s/boot.ipxe";

  @ParameterizedTest(name = "{0} {1} is told {2}")
  @CsvSource({
    "PXE_BIOS, AMD64, tftp ipxe/undionly.kpxe",
    "PXE_UEFI, AMD64, tftp ipxe/ipxe-amd64.efi",
    "PXE_UEFI, ARM64, tftp ipxe/ipxe-arm64.efi",
    "HTTP_UEFI, AMD64, http http://10.0.0.1:8080/boot/ipxe/ipxe-amd64.efi",
    "HTTP_UEFI, ARM64, http http://10.0.0.1:8080/boot/ipxe/ipxe-arm64.efi",
    "UBOOT, ARM64, tftp boot.scr.uimg",
    "UBOOT, ARMHF, tftp boot.scr.uimg",
    "PXE_UEFI, ARMHF, nothing: there is no iPXE for UEFI on armhf",
    "HTTP_UEFI, I386, nothing: there is no iPXE for UEFI on i386",
    "PXE_UEFI, UNKNOWN, nothing: there is no iPXE for UEFI on unknown",
    "NONE, AMD64, nothing: it is no firmware"
  })
  void firmwareIsToldItsFirstFile(
      MachineFirmware firmware, Architecture architecture, String expected) {
    FirstFile first = Plans.planner().firstFile(machine(architecture, firmware));
    assertThat(inWords(first)).isEqualTo(expected);
  }

  private static String inWords(FirstFile first) {
    return switch (first) {
      case FirstFile.OverTftp tftp -> "tftp " + tftp.name();
      case FirstFile.OverHttp http -> "http " + http.url();
      case FirstFile.Nothing nothing -> "nothing: " + nothing.why();
    };
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void ipxeIsNeverToldToLoadIpxeAgain(Architecture architecture) {
    assertThat(Plans.planner().firstFile(machine(architecture, MachineFirmware.IPXE)))
        .isEqualTo(new FirstFile.OverHttp(SCRIPT.formatted(architecture.debianName())));
  }

  @Test
  void theOnlyImageNeedsNoRule() {
    assertThat(netboot(BootRules.NONE, Architecture.AMD64, "debian"))
        .isEqualTo(
            new BootPlan.Netboot(
                "debian",
                BootFileName.of("amd64/vmlinuz"),
                BootFileName.of("amd64/initrd"),
                "kobako.image=debian kobako.from=http://10.0.0.1:8080/"
                    + " BOOTIF=01-52-54-00-12-34-56"));
  }

  @ParameterizedTest(name = "{0} of {1}: {2}")
  @CsvSource({
    "ARM64, kiosk-amd64 kiosk-arm64, kiosk-arm64",
    "ARMHF, amd64 armhf, armhf",
    "AMD64, a-arm64 b-amd64 c-armhf, b-amd64"
  })
  void ofSeveralImagesTheOneForTheArchitectureIsTaken(
      Architecture architecture, String images, String image) {
    assertThat(netboot(BootRules.NONE, architecture, images.split(" ")).image()).isEqualTo(image);
  }

  @Test
  void aMachinesRuleGoesBeforeItsArchitecturesAndThatBeforeTheOneForAll() {
    BootRules rules =
        new BootRules(
            choice("for-all", "quiet"),
            Map.of(Architecture.AMD64, choice("for-amd64", null)),
            Map.of(MAC, choice(null, "kiosk=1")),
            Map.of(),
            List.of("http://10.0.0.2/"));
    BootPlan.Netboot boot = netboot(rules, Architecture.AMD64, "for-all", "for-amd64");
    assertThat(boot.image()).isEqualTo("for-amd64");
    assertThat(boot.commandLine())
        .isEqualTo(
            "kobako.image=for-amd64 kobako.from=http://10.0.0.1:8080/,http://10.0.0.2/"
                + " BOOTIF=01-52-54-00-12-34-56 kiosk=1");
  }

  @Test
  void aRuleCanPutAnArchitectureRight() {
    BootRules rules =
        new BootRules(
            BootChoice.NONE, Map.of(), Map.of(), Map.of(MAC, Architecture.I386), List.of());
    assertThat(netboot(rules, Architecture.AMD64, "old-i386").kernel()).hasToString("i386/vmlinuz");
  }

  @Test
  void aMachineCanBeSentToItsOwnDisk() {
    BootChoice local =
        new BootChoice(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(true));
    BootPlanner planner =
        new BootPlanner(
            new BootRules(BootChoice.NONE, Map.of(), Map.of(MAC, local), Map.of(), List.of()), BOX);
    Machine machine = machine(Architecture.AMD64, MachineFirmware.PXE_UEFI);
    assertThat(planner.firstFile(machine)).isInstanceOf(FirstFile.Nothing.class);
    assertThat(planner.plan(machine, List.of("debian"))).isEqualTo(new BootPlan.LocalDisk());
  }

  @ParameterizedTest(name = "image {0} of \"{1}\"")
  @CsvSource({
    "'', '', the box's store has no image: make one with kobako pack",
    "'', 'a b', 'none of the images a, b ends in -amd64; name the one to boot in kobako.toml'",
    "'', 'a-amd64 b-amd64', "
        + "'several images are for amd64: a-amd64, b-amd64; name the one to boot in kobako.toml'",
    "c, 'a b', 'the box''s store has no image c: pack it, or name another in kobako.toml'"
  })
  void whatCannotBeBootedIsSaidWithWhatToDo(String chosen, String images, String why) {
    BootRules rules =
        new BootRules(
            choice(chosen.isEmpty() ? null : chosen, null),
            Map.of(),
            Map.of(),
            Map.of(),
            List.of());
    BootPlan plan =
        new BootPlanner(rules, BOX)
            .plan(
                machine(Architecture.AMD64, MachineFirmware.IPXE),
                images.isEmpty() ? List.of() : List.of(images.split(" ")));
    assertThat(plan).isEqualTo(new BootPlan.Impossible(why));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\nb", "x=${y}", "a || reboot", "a && b", "# no", "x=\"a b\"", "ü", "a\0"})
  void aCommandLineThatAScriptCouldMisreadIsRefused(String line) {
    assertThatThrownBy(() -> choice(null, line)).hasMessageContaining("printable ASCII");
  }

  @Test
  void aCommandLineIsBounded() {
    String line = "a".repeat(BootChoice.MAX_COMMAND_LINE_CHARS + 1);
    assertThatThrownBy(() -> choice(null, line)).hasMessageContaining("has 701");
  }

  private static BootPlan.Netboot netboot(
      BootRules rules, Architecture architecture, String... images) {
    return (BootPlan.Netboot)
        new BootPlanner(rules, BOX)
            .plan(machine(architecture, MachineFirmware.IPXE), List.of(images));
  }

  private static BootChoice choice(@Nullable String image, @Nullable String commandLine) {
    return new BootChoice(
        Optional.ofNullable(image),
        Optional.empty(),
        Optional.empty(),
        Optional.ofNullable(commandLine),
        Optional.empty());
  }
}
