package org.kobako.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.boot.plan.BootFileName;

class RequestTest {
  private static Request parse(String... texts) {
    return Request.parse(ByteBuffer.wrap(TestMachine.request(Packet.RRQ, texts)));
  }

  private static Request.Read read(String name) {
    return new Request.Read(BootFileName.of(name), Options.NONE);
  }

  private static Options options(String... texts) {
    String[] all = new String[texts.length + 2];
    all[0] = "x";
    all[1] = "octet";
    System.arraycopy(texts, 0, all, 2, texts.length);
    return ((Request.Read) parse(all)).options();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amd64/vmlinuz",
        "/amd64/vmlinuz",
        "//amd64//vmlinuz",
        "amd64\\vmlinuz",
        "\\amd64\\\\vmlinuz",
        "./amd64/./vmlinuz",
        "amd64/vmlinuz\u00ff",
        "amd64/vmlinuz\u00ff\u00ff"
      })
  void aNameMayBeWrittenInTheWaysOfFirmware(String name) {
    assertThat(parse(name, "octet")).isEqualTo(read("amd64/vmlinuz"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../x", "a/../../x", "a\\..\\x", "/..", "..\\..\\etc\\passwd"})
  void parentDirectoriesAreAnAccessViolation(String name) {
    assertThat(parse(name, "octet"))
        .isInstanceOfSatisfying(
            Request.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.ACCESS_VIOLATION));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "\\", "dtb/", ".hidden", "a/.b", "a b", "C:\\boot", "a\nb", "\u00e4"})
  void namesThatNoBootFileHasAreNotFound(String name) {
    assertThat(parse(name, "octet"))
        .isInstanceOfSatisfying(
            Request.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND));
  }

  @Test
  void aNameThatIsTooLongIsNotFound() {
    assertThat(parse("a".repeat(300), "octet"))
        .isInstanceOfSatisfying(
            Request.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND));
  }

  @ParameterizedTest
  @ValueSource(strings = {"octet", "OCTET", "Octet"})
  void theModeIsOctetInAnyCase(String mode) {
    assertThat(parse("x", mode)).isEqualTo(read("x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"netascii", "mail", "binary", ""})
  void otherModesAreRefused(String mode) {
    assertThat(parse("x", mode))
        .isInstanceOfSatisfying(
            Request.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.ILLEGAL_OPERATION));
  }

  @Test
  void aWriteRequestIsAnAccessViolation() {
    assertThat(Request.parse(ByteBuffer.wrap(TestMachine.request(Packet.WRQ, "x", "octet"))))
        .isInstanceOfSatisfying(
            Request.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.ACCESS_VIOLATION));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, 5, 6, 7, 255})
  void whatIsNoRequestIsNotAnswered(int opcode) {
    assertThat(Request.parse(ByteBuffer.wrap(TestMachine.request(opcode, "x", "octet"))))
        .isEqualTo(new Request.Noise());
  }

  @Test
  void aRequestThatIsCutOffIsRefusedOrNoise() {
    byte[] whole = TestMachine.request(Packet.RRQ, "amd64/vmlinuz", "octet");
    for (int length = 0; length < whole.length; length++) {
      assertThat(Request.parse(ByteBuffer.wrap(Arrays.copyOf(whole, length))))
          .isNotInstanceOf(Request.Read.class);
    }
    assertThat(Request.parse(ByteBuffer.wrap(whole))).isEqualTo(read("amd64/vmlinuz"));
  }

  @Test
  void aRequestOfMoreThan512BytesIsRefused() {
    assertThat(parse("x", "octet", "a".repeat(250), "b".repeat(251)))
        .isInstanceOf(Request.Refused.class);
  }

  @Test
  void optionsAreReadInAnyOrderAndCase() {
    assertThat(options("TSIZE", "0", "BlkSize", "1468", "windowsize", "4", "timeout", "5"))
        .isEqualTo(new Options(1468, 4, 5, true));
  }

  @ParameterizedTest
  @CsvSource({
    "blksize,7", "blksize,65465", "blksize,99999999999", "blksize,-8", "blksize,1468x",
    "blksize,''", "timeout,0", "timeout,256", "windowsize,0", "windowsize,65536",
    "multicast,''", "blksize2,2048", "'',''"
  })
  void optionsThatTheRfcsDoNotAllowAreAsIfNotAsked(String name, String value) {
    assertThat(options(name, value)).isEqualTo(Options.NONE);
    assertThat(options(name, value, "tsize", "0")).isEqualTo(new Options(0, 0, 0, true));
  }

  @ParameterizedTest
  @CsvSource({"8", "65464"})
  void theBoundsOfPacketSizeAreAllowed(int packetBytes) {
    assertThat(options("blksize", String.valueOf(packetBytes)).packetBytes())
        .isEqualTo(packetBytes);
  }

  @Test
  void theFirstOfTwoEqualOptionsCounts() {
    assertThat(options("blksize", "1024", "blksize", "2048").packetBytes()).isEqualTo(1024);
  }

  @Test
  void anOptionWithoutValueIsAsIfNotAsked() {
    assertThat(options("blksize")).isEqualTo(Options.NONE);
  }
}
