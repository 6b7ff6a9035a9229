package org.kobako.boot.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineTypeTest {
  @ParameterizedTest(name = "option 93 = {0}: {1} {2}")
  @CsvSource({
    "0, AMD64, PXE_BIOS",
    "6, I386, PXE_UEFI",
    "7, AMD64, PXE_UEFI",
    "9, AMD64, PXE_UEFI",
    "10, ARMHF, PXE_UEFI",
    "11, ARM64, PXE_UEFI",
    "16, AMD64, HTTP_UEFI",
    "18, ARMHF, HTTP_UEFI",
    "19, ARM64, HTTP_UEFI",
    "21, ARMHF, UBOOT",
    "22, ARM64, UBOOT",
    "27, RISCV64, PXE_UEFI",
    "65535, UNKNOWN, PXE_UEFI"
  })
  void aPxeCodeSaysArchitectureAndFirmware(
      int code, Architecture architecture, MachineFirmware firmware) {
    assertThat(MachineType.ofPxeCode(code)).isEqualTo(new MachineType(architecture, firmware));
  }

  @Test
  void everyCodeHasAType() {
    for (int code = 0; code <= 0xffff; code++) {
      assertThat(MachineType.ofPxeCode(code).firmware()).isNotEqualTo(MachineFirmware.IPXE);
    }
  }
}
