package org.kobako.dhcp.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kobako.dhcp.RequestBuilder.captured;
import static org.kobako.dhcp.RequestBuilder.discover;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.boot.plan.Machine;
import org.kobako.dhcp.ReplyView;
import org.kobako.dhcp.RequestBuilder;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.packet.DhcpPacket;

/** What each firmware is told, by the full server and by proxyDHCP. */
class BootOptionsTest {
  private static final Ipv4Address BOX = Ipv4Address.of(TestBox.ADDRESS);
  private static final String MAC = "52:54:00:00:00:01";

  private final TestBox box = new TestBox("10.0.0.100-10.0.0.199");
  private final List<Machine> seen = new ArrayList<>();
  private final ProxyService proxy = new ProxyService(TestBox.firstFiles(), seen::add);

  @ParameterizedTest
  @CsvSource({
    "ovmf-pxe,    ipxe/ipxe-amd64.efi, ipxe/ipxe-amd64.efi$",
    "aavmf-pxe,   ipxe/ipxe-arm64.efi, ipxe/ipxe-arm64.efi$",
    "uboot-armv7, boot.scr.uimg,       boot.scr.uimg",
    "uboot-armv8, boot.scr.uimg,       boot.scr.uimg",
  })
  void firmwareThatLoadsByTftpIsToldNameAndServer(String capture, String field, String option67) {
    ReplyView offer = box.hears(captured(capture + "-discover"), false).reply();

    assertThat(offer.file()).isEqualTo(field);
    assertThat(offer.text(67).replace('\0', '$')).isEqualTo(option67);
    assertThat(offer.text(66)).isEqualTo(TestBox.ADDRESS);
    assertThat(offer.nextServer()).isEqualTo(TestBox.ADDRESS);
    assertThat(offer.options()).doesNotContainKeys(43, 60);
  }

  @Test
  void uefiHttpBootIsToldAUrlInItsOwnClass() {
    ReplyView offer = box.hears(captured("ovmf-http-discover"), false).reply();

    assertThat(offer.text(60)).isEqualTo("HTTPClient");
    assertThat(offer.text(67)).isEqualTo("http://10.0.0.1:8080/boot/ipxe/ipxe-amd64.efi\0");
  }

  @Test
  void ipxeIsToldItsScriptAndNotToWaitForAProxy() {
    ReplyView offer = box.hears(captured("ipxe-bios-discover"), false).reply();

    assertThat(offer.text(67))
        .isEqualTo("http://10.0.0.1:8080/boot/machines/52-54-00-00-00-02/amd64/boot.ipxe");
    assertThat(offer.text(175)).isEqualTo("\u00b0\1\1");
    assertThat(offer.options()).doesNotContainKey(60);
  }

  @Test
  void anOperatingSystemIsToldNoBootFile() {
    ReplyView offer = box.hears(captured("udhcpc-discover"), false).reply();

    assertThat(offer.options()).doesNotContainKeys(43, 60, 66, 67, 175);
    assertThat(offer.file()).isEmpty();
  }

  @Test
  void firmwareWithoutALoaderGetsAnAddressOnly() {
    ReplyView offer = box.hears(captured("aavmf32-pxe-discover"), false).reply();

    assertThat(offer.yourAddress()).isEqualTo("10.0.0.100");
    assertThat(offer.options()).doesNotContainKeys(66, 67);
  }

  @Test
  void aRaspberryPiReadsItsNameInTheMenu() {
    RequestBuilder pi =
        discover("dc:a6:32:00:00:01").option(60, "PXEClient:Arch:00000:UNDI:002001");

    ReplyView offer = box.hears(pi).reply();

    assertThat(HexFormat.of().formatHex(offer.options().get(43)))
        .isEqualTo("0601030a0400505845091400001152617370626572727920506920426f6f74ff");
    assertThat(offer.text(60)).isEqualTo("PXEClient");
    assertThat(offer.nextServer()).isEqualTo(TestBox.ADDRESS);
  }

  @Test
  void aProxyOffersNoAddressAndNoTimes() {
    ReplyView offer = proxied("ovmf-pxe-discover");

    assertThat(offer.type()).isEqualTo(2);
    assertThat(offer.yourAddress()).isEqualTo("0.0.0.0");
    assertThat(offer.options()).doesNotContainKeys(1, 3, 6, 51, 58, 59);
    assertThat(offer.address(54)).isEqualTo(TestBox.ADDRESS);
  }

  @Test
  void aProxyTellsUefiNoOption43() {
    ReplyView offer = proxied("ovmf-pxe-discover");

    assertThat(offer.text(60)).isEqualTo("PXEClient");
    assertThat(offer.options()).doesNotContainKey(43);
    assertThat(offer.nextServer()).isEqualTo(TestBox.ADDRESS);
  }

  @Test
  void aProxyTellsABiosToLookNoFurther() {
    DhcpPacket bios = discover(MAC).option(60, "PXEClient:Arch:00000:UNDI:002001").packet();

    ReplyView offer = view(proxy.answer(bios, BOX));

    assertThat(offer.options().get(43)).containsExactly(6, 1, 8, 255);
    assertThat(offer.text(67)).isEqualTo("ipxe/undionly.kpxe\0");
  }

  @Test
  void aProxyTellsIpxeTheScriptAndHttpBootTheUrl() {
    assertThat(proxied("ipxe-efi-discover").text(67)).endsWith("/amd64/boot.ipxe");
    assertThat(proxied("ipxe-efi-discover").text(60)).isEqualTo("PXEClient");
    assertThat(proxied("aavmf-http-discover").text(60)).isEqualTo("HTTPClient");
    assertThat(proxied("aavmf-http-discover").text(67)).endsWith("/ipxe/ipxe-arm64.efi\0");
  }

  @ParameterizedTest
  @CsvSource({
    "udhcpc-discover",
    "uboot-armv7-discover",
    "aavmf32-pxe-discover",
    "ovmf-pxe-request"
  })
  void aProxySaysNothingToWhomItCannotHelp(String capture) {
    DhcpPacket packet = RequestBuilder.packet(captured(capture));

    assertThat(proxy.answer(packet, BOX)).isInstanceOf(Answer.Silence.class);
  }

  @Test
  void onPort4011UefiIsAnsweredWhereItAsksFrom() throws UnknownHostException {
    RequestBuilder binl =
        RequestBuilder.request(MAC)
            .machineAddress("10.0.0.50")
            .option(60, "PXEClient:Arch:00007:UNDI:003000")
            .option(93, (byte) 0, (byte) 7);

    Answer.Reply answer = (Answer.Reply) onPort4011(binl.packet());

    ReplyView ack = ReplyView.of(answer.bytes());
    assertThat(answer.destination()).isEqualTo(new Destination(Ipv4Address.of("10.0.0.50"), 4011));
    assertThat(ack.type()).isEqualTo(5);
    assertThat(ack.file()).isEqualTo("ipxe/ipxe-amd64.efi");
    assertThat(ack.bytes().getInt(12)).isEqualTo(Ipv4Address.of("10.0.0.50").bits());
  }

  @Test
  void onPort4011ABootServerRepeatsWhichOneWasLookedFor() throws UnknownHostException {
    RequestBuilder looking =
        RequestBuilder.request(MAC)
            .machineAddress("10.0.0.50")
            .option(60, "PXEClient:Arch:00000:UNDI:002001")
            .option(43, (byte) 71, (byte) 4, (byte) 0, (byte) 9, (byte) 0, (byte) 0, (byte) -1);

    ReplyView ack = view(onPort4011(looking.packet()));

    assertThat(ack.options().get(43)).containsExactly(71, 4, 0, 9, 0, 0, 255);
  }

  @ParameterizedTest
  @CsvSource({"47", "4704", "4703000900", "0047ff", "ff470400090000"})
  void aMalformedBootItemIsNotRepeated(String hex) throws UnknownHostException {
    RequestBuilder looking =
        RequestBuilder.request(MAC)
            .machineAddress("10.0.0.50")
            .option(60, "PXEClient:Arch:00000:UNDI:002001")
            .option(43, HexFormat.of().parseHex(hex));

    assertThat(view(onPort4011(looking.packet())).options().get(43)).containsExactly(6, 1, 8, 255);
  }

  @Test
  void theMachinesThatWereAnsweredAreTold() {
    proxied("ovmf-pxe-discover");

    assertThat(seen).hasSize(1);
    assertThat(seen.getFirst().mac()).hasToString("52:54:00:00:00:03");
  }

  private Answer onPort4011(DhcpPacket packet) throws UnknownHostException {
    return proxy.answerBootServer(
        packet, BOX, new InetSocketAddress(InetAddress.getByName("10.0.0.50"), 4011));
  }

  private ReplyView proxied(String capture) {
    return view(proxy.answer(RequestBuilder.packet(captured(capture)), BOX));
  }

  private static ReplyView view(Answer answer) {
    return ReplyView.of(((Answer.Reply) answer).bytes());
  }
}
