package org.kobako.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.boot.plan.BootFileName;

/**
 * What firmware and programs sent, captured under QEMU and on loopback; the same files are the
 * corpus of {@link RequestFuzzTest}. Those of PXELINUX, GRUB and Windows are written by hand.
 */
class CapturedRequestsTest {
  private static Request captured(String file) throws IOException {
    String resource = "RequestFuzzTestInputs/everyDatagramIsParsed/" + file;
    try (InputStream in =
        Objects.requireNonNull(CapturedRequestsTest.class.getResourceAsStream(resource))) {
      return Request.parse(ByteBuffer.wrap(in.readAllBytes()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // file, name, blksize, windowsize, timeout, tsize
    "ipxe-bios,undionly.kpxe,1432,0,0,true",
    "ipxe-efi,ipxe.efi,1432,0,0,true",
    "edk2-size,ipxe.efi,1468,4,0,true",
    "edk2-file,ipxe.efi,1468,4,0,false",
    "u-boot,boot.scr.uimg,1468,0,5,false",
    "pxelinux,pxelinux.cfg/01-52-54-00-00-00-02,1408,0,0,true",
    "grub,boot/grub/grub.cfg,1024,0,0,true",
    "windows-separators,Boot/x64/wdsnbp.com,0,0,0,false",
    "trailing-ff,undionly.kpxe,0,0,0,true",
    "curl,amd64/vmlinuz,512,0,6,true",
    "curl-no-options,amd64/vmlinuz,0,0,0,false",
    "atftp,amd64/initrd,1024,8,5,false",
    "tftp-hpa,amd64/vmlinuz,0,0,0,false",
    "busybox,boot/initrd,1468,0,0,true",
    "cut-option,vmlinuz,0,0,0,false",
  })
  void isUnderstood(
      String file, String name, int packetBytes, int windowPackets, int timeout, boolean size)
      throws IOException {
    assertThat(captured(file))
        .isEqualTo(
            new Request.Read(
                BootFileName.of(name), new Options(packetBytes, windowPackets, timeout, size)));
  }

  @ParameterizedTest
  @CsvSource({
    "u-boot-folder,FILE_NOT_FOUND",
    "tftp-hpa-netascii,ILLEGAL_OPERATION",
    "tftp-hpa-write,ACCESS_VIOLATION",
    "parent,ACCESS_VIOLATION",
    "no-mode,ILLEGAL_OPERATION",
    "full,ILLEGAL_OPERATION",
  })
  void isRefused(String file, ErrorCode code) throws IOException {
    assertThat(captured(file))
        .isInstanceOfSatisfying(
            Request.Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }

  @ParameterizedTest
  @CsvSource({"error", "ack", "empty"})
  void isNotAnswered(String file) throws IOException {
    assertThat(captured(file)).isEqualTo(new Request.Noise());
  }
}
