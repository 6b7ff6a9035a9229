package org.kobako.boot.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kobako.boot.plan.Plans.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratedFilesTest {
  private final MachinesSeen seen = new MachinesSeen();
  private List<String> images = List.of("debian");
  private final GeneratedFiles files = new GeneratedFiles(Plans.planner(), seen, () -> images);

  @Test
  void ipxeGetsAScriptThatBootsAndAsksAgainWhenThatFails() throws IOException {
    assertThat(read("machines/52-54-00-12-34-56/amd64/boot.ipxe"))
        .isEqualTo(
            """
            #!ipxe
            echo Kobako: 52:54:00:12:34:56 boots debian
            kernel http://10.0.0.1:8080/boot/amd64/vmlinuz initrd=initrd kobako.image=debian \
            kobako.from=http://10.0.0.1:8080/ BOOTIF=01-52-54-00-12-34-56 || goto again
            initrd --name initrd http://10.0.0.1:8080/boot/amd64/initrd || goto again
            boot || goto again
            :again
            echo Kobako: the boot failed; asking again in 5 s
            sleep 5
            chain --replace \
            http://10.0.0.1:8080/boot/machines/52-54-00-12-34-56/amd64/boot.ipxe || goto again
            """);
  }

  @Test
  void aBoxWithoutImagesSaysSoOnTheMachinesScreen() throws IOException {
    images = List.of();
    assertThat(read("machines/52-54-00-12-34-56/amd64/boot.ipxe"))
        .contains("echo Kobako: the box's store has no image: make one with kobako pack; asking")
        .doesNotContain("kernel ");
  }

  @Test
  void anImagesNameIsNoCommand() throws IOException {
    images = List.of("a-amd64", "b || reboot ${x}\nshell-amd64");
    assertThat(read("machines/52-54-00-12-34-56/amd64/boot.ipxe"))
        .contains("b ?? reboot ?{x}?shell-amd64");
  }

  @Test
  void ubootGetsThePlanOfAMachineThatDhcpHasSeen() throws IOException {
    assertThat(open("pxelinux.cfg/01-52-54-00-12-34-56")).isEmpty();
    seen.saw(machine(Architecture.ARMHF, MachineFirmware.UBOOT));
    assertThat(read("pxelinux.cfg/01-52-54-00-12-34-56"))
        .isEqualTo(
            """
            # 52:54:00:12:34:56 (armhf)
            DEFAULT kobako
            LABEL kobako
              MENU LABEL Kobako: debian
              KERNEL /armhf/vmlinuz
              INITRD /armhf/initrd
              APPEND kobako.image=debian kobako.from=http://10.0.0.1:8080/ \
            BOOTIF=01-52-54-00-12-34-56
            """);
  }

  @Test
  void anOperatingSystemsDhcpChangesNothingThatFirmwareSaid() {
    seen.saw(machine(Architecture.ARM64, MachineFirmware.UBOOT));
    seen.saw(machine(Architecture.UNKNOWN, MachineFirmware.NONE));
    assertThat(seen.find(Plans.MAC)).map(Machine::architecture).contains(Architecture.ARM64);
  }

  @Test
  void machinesSeenAreBounded() {
    for (int i = 0; i <= MachinesSeen.MAX_MACHINES; i++) {
      seen.saw(new Machine(new MacAddress(i), Architecture.AMD64, MachineFirmware.IPXE));
    }
    assertThat(seen.find(new MacAddress(0))).isEmpty();
    assertThat(seen.find(new MacAddress(1))).isPresent();
  }

  @Test
  void ubootsScriptIsAnImageWhoseChecksumsAgree() throws IOException {
    ByteBuffer image = ByteBuffer.wrap(bytes("boot.scr.uimg"));
    assertThat(image.getInt(0)).isEqualTo(0x27051956);
    byte[] header = new byte[UbootScript.HEADER_BYTES];
    image.get(0, header);
    byte[] data = new byte[image.capacity() - header.length];
    image.get(header.length, data);
    assertThat(image.getInt(12)).isEqualTo(data.length);
    assertThat(image.getInt(24)).isEqualTo(crc(data));
    ByteBuffer.wrap(header).putInt(4, 0);
    assertThat(image.getInt(4)).isEqualTo(crc(header));
    assertThat(new String(data, 8, data.length - 8, StandardCharsets.US_ASCII))
        .isEqualTo("if pxe get; then pxe boot; fi\n")
        .hasSize(ByteBuffer.wrap(data).getInt(0));
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "machines/52-54-00-12-34/amd64/boot.ipxe",
        "machines/52-54-00-12-34-56/vax/boot.ipxe",
        "machines/52-54-00-12-34-56/boot.ipxe",
        "pxelinux.cfg/default",
        "pxelinux.cfg/01-52-54",
        "amd64/vmlinuz"
      })
  void otherNamesAreNotOurs(String name) {
    assertThat(open(name)).isEmpty();
  }

  private Optional<BootFile> open(String name) {
    return files.open(BootFileName.of(name));
  }

  private String read(String name) throws IOException {
    return new String(bytes(name), StandardCharsets.US_ASCII);
  }

  private byte[] bytes(String name) throws IOException {
    try (BootFile file = open(name).orElseThrow()) {
      ByteBuffer all = ByteBuffer.allocate((int) file.lengthBytes() + 1);
      int length = file.bytes().read(all);
      assertThat(length).isEqualTo((int) file.lengthBytes());
      assertThat(file.bytes().read(all)).isEqualTo(-1);
      return Arrays.copyOf(all.array(), length);
    }
  }
}
