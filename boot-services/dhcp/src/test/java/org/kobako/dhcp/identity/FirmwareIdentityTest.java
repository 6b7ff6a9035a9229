package org.kobako.dhcp.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kobako.dhcp.RequestBuilder.discover;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.dhcp.RequestBuilder;

class FirmwareIdentityTest {
  @ParameterizedTest
  @CsvSource({
    "ipxe-bios,      AMD64,   IPXE,      IPXE",
    "ipxe-efi,       AMD64,   IPXE,      IPXE",
    "ovmf-pxe,       AMD64,   PXE_UEFI,  PXE",
    "ovmf-http,      AMD64,   HTTP_UEFI, HTTP",
    "aavmf-pxe,      ARM64,   PXE_UEFI,  PXE",
    "aavmf-http,     ARM64,   HTTP_UEFI, HTTP",
    "aavmf32-pxe,    ARMHF,   PXE_UEFI,  PXE",
    "uboot-armv7,    ARMHF,   UBOOT,     PLAIN",
    "uboot-armv8,    ARM64,   UBOOT,     PLAIN",
    "uboot-efi-2023, ARMHF,   PXE_UEFI,  PXE",
    "uboot-efi-2025, ARMHF,   PXE_UEFI,  PXE",
    "udhcpc,         UNKNOWN, NONE,      PLAIN",
  })
  void knowsWhatRealMachinesSent(
      String capture, String architecture, String firmware, String dialect) {
    for (String message : new String[] {"-discover", "-request"}) {
      FirmwareIdentity identity =
          FirmwareIdentity.of(RequestBuilder.packet(RequestBuilder.captured(capture + message)));

      assertThat(identity.machine().architecture()).hasToString(architecture);
      assertThat(identity.machine().firmware()).hasToString(firmware);
      assertThat(identity.dialect()).hasToString(dialect);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // option 60,                          93, 77,    175,   MAC,               expected
    "PXEClient:Arch:00011:UNDI:003000,     ,   ,      false, 52:54:00:00:00:01, ARM64 PXE_UEFI PXE",
    "HTTPClient:Arch:00019:UNDI:003000,    ,   ,      false, 52:54:00:00:00:01, ARM64 HTTP_UEFI HTTP",
    "PXEClient:Arch:0000b:UNDI:003000,     ,   ,      false, 52:54:00:00:00:01, ARM64 PXE_UEFI PXE",
    "PXEClient:Arch:00010:UNDI:003000,     7,  ,      false, 52:54:00:00:00:01, AMD64 PXE_UEFI PXE",
    "PXEClient,                            ,   ,      false, 52:54:00:00:00:01, AMD64 PXE_BIOS PXE",
    "PXEClient,                            9,  ,      false, 52:54:00:00:00:01, AMD64 PXE_UEFI PXE",
    "HTTPClient,                           16, ,      false, 52:54:00:00:00:01, AMD64 HTTP_UEFI HTTP",
    "PXEClient:Arch:00007:UNDI:003010,     7,  iPXE,  false, 52:54:00:00:00:01, AMD64 IPXE IPXE",
    "PXEClient:Arch:00007:UNDI:003010,     7,  ,      true,  52:54:00:00:00:01, AMD64 IPXE IPXE",
    "PXEClient:Arch:00000:UNDI:002001,     0,  ,      false, 52:54:00:00:00:01, AMD64 PXE_BIOS PXE",
    "PXEClient:Arch:00000:UNDI:002001,     0,  ,      false, dc:a6:32:00:00:01, ARM64 NONE RASPBERRY_PI",
    "PXEClient:Arch:00011:UNDI:003000,     11, ,      false, dc:a6:32:00:00:01, ARM64 PXE_UEFI PXE",
    "U-Boot.armv8,                         22, ,      false, 52:54:00:00:00:01, ARM64 UBOOT PLAIN",
    "U-Boot.armv7,                         ,   ,      false, 52:54:00:00:00:01, ARMHF UBOOT PLAIN",
    "PXEClient:Arch:00027:UNDI:003000,     27, ,      false, 52:54:00:00:00:01, RISCV64 PXE_UEFI PXE",
    "PXEClient:Arch:zzzzz:UNDI:003000,     ,   ,      false, 52:54:00:00:00:01, AMD64 PXE_BIOS PXE",
    "MSFT 5.0,                             ,   ,      false, 52:54:00:00:00:01, UNKNOWN NONE PLAIN",
    ",                                     ,   ,      false, 52:54:00:00:00:01, UNKNOWN NONE PLAIN",
  })
  void toleratesTheQuirksOfFirmware(
      String vendorClass,
      Integer code,
      String userClass,
      boolean ipxeOption,
      String mac,
      String expected) {
    RequestBuilder request = discover(mac);
    if (vendorClass != null) {
      request.option(60, vendorClass);
    }
    if (code != null) {
      request.option(93, ByteBuffer.allocate(2).putShort(code.shortValue()).array());
    }
    if (userClass != null) {
      request.option(77, userClass);
    }
    if (ipxeOption) {
      request.option(175, (byte) 1, (byte) 1, (byte) 1);
    }

    FirmwareIdentity identity = FirmwareIdentity.of(request.packet());

    assertThat(
            identity.machine().architecture()
                + " "
                + identity.machine().firmware()
                + " "
                + identity.dialect())
        .isEqualTo(expected);
  }
}
