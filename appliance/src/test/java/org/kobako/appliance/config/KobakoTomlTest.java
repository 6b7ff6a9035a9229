package org.kobako.appliance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.appliance.box.BoxConfig;
import org.kobako.appliance.box.DhcpSettings;
import org.kobako.appliance.box.NetbootConfig;
import org.kobako.appliance.box.NetbootConfig.Wanted;
import org.kobako.appliance.box.ProxySettings;
import org.kobako.appliance.room.RoomConfig;
import org.kobako.appliance.room.RoomKey;
import org.kobako.block.format.ImageName;
import org.kobako.boot.plan.Architecture;
import org.kobako.boot.plan.BootFileName;
import org.kobako.boot.plan.BootRules;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.AddressRange;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;
import org.kobako.dhcp.config.DhcpMode;
import org.kobako.dhcp.config.Reservation;
import org.kobako.dns.balance.MachineRange;
import org.kobako.dns.balance.Policy;

class KobakoTomlTest {
  private static final MacAddress MAC = MacAddress.parse("52:54:00:12:34:56").orElseThrow();

  /** Which have rows of their own. */
  private static final List<String> TABLES =
      List.of(
          "admin",
          "boot",
          "dhcp",
          "dhcp.subnet",
          "dns",
          "http",
          "machine",
          "network",
          "proxy",
          "room",
          "router",
          "tftp");

  @TempDir Path directory;

  private BoxConfig read(String text) throws IOException, ConfigException {
    return KobakoToml.read(
        Files.writeString(directory.resolve("kobako.toml"), text), Optional.empty());
  }

  @Test
  void whatABoxIsNotToldIsAsUsual() throws Exception {
    BoxConfig config = read("store = \"store\"");
    assertThat(config).isEqualTo(BoxConfig.of(directory.resolve("store"), BoxConfig.Http.DEFAULTS));
    assertThat(config.netboot().wanted()).isEqualTo(Wanted.IF_POSSIBLE);
  }

  @Test
  void theCommandLinesStoreGoesBeforeTheFiles() throws Exception {
    Path file = Files.writeString(directory.resolve("kobako.toml"), "store = \"a\"");
    assertThat(KobakoToml.read(file, Optional.of(Path.of("b"))).store()).isEqualTo(Path.of("b"));
  }

  @Test
  void everyKeyIsRead() throws Exception {
    BoxConfig config =
        read(
            """
            store = "/srv/store"
            state = "state"
            user = "kobako"
            netboot = true
            [network]
            interface = "eth1"
            [router]
            uplink = "eth0"
            address = "10.1.2.3/16"
            gateway = "10.1.0.1"
            [http]
            listen = "192.168.7.1"
            port = 80
            [proxy]
            upstreams = ["http://192.168.7.9", "http://192.168.7.8:8080/store/"]
            cache = "cache"
            quota = "1G"
            keep = ["debian"]
            ahead-rate = "1M"
            [boot]
            files = "/srv/boot"
            image = "debian"
            kernel = "k"
            initrd = "i"
            command-line = "quiet"
            boxes = ["http://192.168.7.2:8080/"]
            [boot.arm64]
            image = "debian-arm64"
            [dhcp]
            mode = "server"
            pool = "192.168.7.100-192.168.7.199"
            lease-time = "10m"
            routers = ["192.168.7.254"]
            dns-servers = ["192.168.7.1", "192.168.7.2"]
            ntp-servers = ["192.168.7.3"]
            takeover-time = "5s"
            domain = "room.example"
            box = 2
            boxes = 3
            [[dhcp.subnet]]
            subnet = "10.1.0.0/24"
            pool = "10.1.0.10-10.1.0.20"
            routers = ["10.1.0.1"]
            [tftp]
            max-transfers = 100
            first-transfer-port = 20000
            max-packet-size = 1024
            max-window = 8
            [room]
            key = "000102030405060708090a0b0c0d0e0f"
            peers = ["192.168.7.2"]
            port = 7000
            priority = 10
            drain = true
            machines = ["192.168.7.100-192.168.7.199", "10.1.0.9"]
            policy = "dynamic"
            [dns]
            mode = "on"
            zone = "room.example"
            port = 5353
            resolvers = ["192.168.7.254"]
            [[machine]]
            mac = "52:54:00:12:34:56"
            name = "kiosk-1"
            address = "192.168.7.20"
            architecture = "i386"
            image = "kiosk"
            command-line = "kiosk=1"
            [[machine]]
            mac = "52-54-00-12-34-57"
            local-disk = true
            """);
    assertThat(config.store()).isEqualTo(Path.of("/srv/store"));
    assertThat(config.state()).contains(directory.resolve("state"));
    assertThat(config.proxy())
        .contains(
            new ProxySettings(
                List.of(
                    URI.create("http://192.168.7.9/"),
                    URI.create("http://192.168.7.8:8080/store/")),
                Optional.of(directory.resolve("cache")),
                1 << 30,
                Optional.empty(),
                List.of(new ImageName("debian")),
                1 << 20));
    RoomConfig room = config.netboot().room();
    assertThat(room.key().map(RoomKey::hex)).contains("000102030405060708090a0b0c0d0e0f");
    assertThat(room)
        .isEqualTo(
            new RoomConfig(
                room.key(),
                List.of(address("192.168.7.2")),
                7000,
                10,
                true,
                List.of(
                    new MachineRange(address("192.168.7.100"), address("192.168.7.199")),
                    new MachineRange(address("10.1.0.9"), address("10.1.0.9"))),
                Policy.DYNAMIC,
                new RoomConfig.Dns(
                    RoomConfig.Dns.Wanted.YES,
                    "room.example",
                    5353,
                    List.of(new InetSocketAddress("192.168.7.254", 53)))));
    assertThat(config.user()).contains("kobako");
    assertThat(config.http())
        .isEqualTo(new BoxConfig.Http(address("192.168.7.1"), Optional.of(80)));
    NetbootConfig netboot = config.netboot();
    assertThat(netboot.wanted()).isEqualTo(Wanted.YES);
    assertThat(netboot.interfaceName()).contains("eth1");
    assertThat(netboot.bootFiles()).contains(Path.of("/srv/boot"));
    assertThat(netboot.dhcp())
        .isEqualTo(
            new DhcpSettings(
                Optional.of(DhcpMode.SERVER),
                new DhcpSettings.Link(
                    Optional.of(AddressRange.of("192.168.7.100-192.168.7.199")),
                    List.of(Ipv4Address.of("192.168.7.254")),
                    List.of(Ipv4Address.of("192.168.7.1"), Ipv4Address.of("192.168.7.2")),
                    List.of(Ipv4Address.of("192.168.7.3")),
                    Optional.of("room.example")),
                List.of(
                    new DhcpSettings.Relayed(
                        Subnet.of("10.1.0.0/24"),
                        new DhcpSettings.Link(
                            Optional.of(AddressRange.of("10.1.0.10-10.1.0.20")),
                            List.of(Ipv4Address.of("10.1.0.1")),
                            List.of(),
                            List.of(),
                            Optional.empty()))),
                List.of(
                    new Reservation(MAC, Ipv4Address.of("192.168.7.20"), Optional.of("kiosk-1"))),
                Duration.ofMinutes(10),
                2,
                3,
                Duration.ofSeconds(5)));
    assertThat(netboot.tftp())
        .isEqualTo(
            new NetbootConfig.Tftp(
                Optional.of(100), Optional.of(20000), Optional.of(1024), Optional.of(8)));
    BootRules rules = netboot.rules();
    assertThat(rules.all().kernel()).contains(BootFileName.of("k"));
    assertThat(rules.otherBoxes()).containsExactly("http://192.168.7.2:8080/");
    assertThat(rules.ofArchitecture())
        .hasEntrySatisfying(
            Architecture.ARM64, choice -> assertThat(choice.image()).contains("debian-arm64"));
    assertThat(rules.ofMachine())
        .hasEntrySatisfying(MAC, choice -> assertThat(choice.image()).contains("kiosk"))
        .hasEntrySatisfying(
            new MacAddress(MAC.bits() + 1),
            choice -> assertThat(choice.localDisk()).contains(true));
    assertThat(rules.architectureOf()).containsEntry(MAC, Architecture.I386);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "port = 1; port is unknown: known here are admin, boot, dhcp, dns, http, machine, netboot,"
            + " network, proxy, room, router, state, store, tftp, user",
        "[http]|prot = 1; http.prot is unknown: known here are listen, port",
        "[http]|port = 65536; http.port = \"65536\" is refused: it is out of range (0..65535)",
        "[http]|port = true; http.port is refused: it must be a string or a number",
        "[http]|listen = \"box\"; http.listen = \"box\" is refused: it is no IP address: write"
            + " 192.168.7.1 or ::1",
        "http = 1; http is refused: it is one value: write a table, [http]",
        "[proxy]|upstreams = [\"http://box:99999/\"]; proxy.upstreams = \"http://box:99999/\" is"
            + " refused: it is no box's URL: write http://192.168.7.2:8080/",
        "[dhcp]|mode = \"on\"; dhcp.mode = \"on\" is refused: it is none of: auto, server, proxy,"
            + " off",
        "[dhcp]|pool = \"10.0.0.1\"; dhcp.pool = \"10.0.0.1\" is refused: ",
        "[dhcp]|lease-time = \"1s\"; dhcp.lease-time = \"1s\" is refused: it is out of range"
            + " (2m..720h)",
        "[dhcp]|routers = \"10.0.0.1\"; dhcp.routers is refused: it is one value: write a list,"
            + " [\"...\", \"...\"]",
        "[dhcp]|routers = [\"10.0.0\"]; dhcp.routers = \"10.0.0\" is refused: ",
        "[[dhcp.subnet]]|pool = \"10.1.0.10-10.1.0.20\"; dhcp.subnet[1].subnet is missing",
        "[dhcp]|box = 2; dhcp.box = \"2\" is refused: it is out of range (1..1)",
        "[boot]|image = \"../x\"; boot.image = \"../x\" is refused: image name '../x' is refused:"
            + " use 1-64 of a-z A-Z 0-9 . _ - and begin with a letter or digit",
        "[boot]|command-line = \"a=${b}\"; boot.command-line = \"a=${b}\" is refused: a command line"
            + " is of printable ASCII, without $ \\ # | & and quotes",
        "[boot]|boxes = [\"ftp://x/\"]; boot.boxes = \"ftp://x/\" is refused: it is no box's URL:"
            + " write http://192.168.7.2:8080/",
        "[boot.vax]|image = \"x\"; boot.vax is unknown: known here are amd64, arm64, armhf, boxes,"
            + " command-line, files, i386, image, initrd, kernel, local-disk, loong64, riscv64,"
            + " unknown",
        "[router]; router.uplink is missing",
        "[room]|drain = true; room.key is missing: make one with kobako room-key",
        "[room]|key = \"secret\"; room.key is refused: it is no room's key: make one with"
            + " kobako room-key, and write it in every box's file",
        "[room]|machines = [\"10.0.0.9-10.0.0.1\"]; room.machines = \"10.0.0.9-10.0.0.1\" is"
            + " refused: range 10.0.0.9-10.0.0.1 is refused: write the first address, - and the"
            + " last",
        "[dns]|zone = \"a..b\"; dns.zone = \"a..b\" is refused: it is no host name: use 1-63"
            + " letters, digits and dashes",
        "[dns]|resolvers = [\"ns.example\"]; dns.resolvers = \"ns.example\" is refused: it is no"
            + " IP address: write 192.168.7.1 or ::1",
        "[router]|uplink = \"eth 1\"; router.uplink = \"eth 1\" is refused: it is no network"
            + " interface's name: write eth1",
        "[router]|uplink = \"eth1\"|address = \"10.0.0.1\"; router.address = \"10.0.0.1\" is"
            + " refused: it is no address with its network's bits: write 192.168.7.1/24",
        "[router]|uplink = \"eth1\"|gateway = \"10.0.0.1\"; router.gateway is refused: it stands"
            + " without router.address: a DHCP server names its own gateway",
        "[[machine]]|name = \"x\"; machine[1].mac is missing",
        "[[machine]]|mac = \"x\"; machine[1].mac = \"x\" is refused: it is no MAC address: write"
            + " 52:54:00:12:34:56",
        "[[machine]]|mac = \"52:54:00:12:34:56\"|nme = 1; machine[1].nme is unknown: known here are"
            + " address, architecture, command-line, image, initrd, kernel, local-disk, mac, name",
        "a b; line 2 is no TOML",
        "a = 1|a = 2; it is no TOML"
      })
  void whatIsWrongIsSaidWithItsKeyItsValueAndWhatIsAllowed(String lines, String why) {
    assertThatThrownBy(() -> read("store = \"s\"\n" + lines.replace('|', '\n')))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(directory.resolve("kobako.toml") + ": " + why);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "netboot = true; IF_POSSIBLE",
        "[dns]; YES",
        "[room]|key = \"000102030405060708090a0b0c0d0e0f\"; YES",
        "[room]|key = \"000102030405060708090a0b0c0d0e0f\"|[dns]|mode = \"off\"; NO"
      })
  void aBoxMustHaveADnsWhereItsMachinesAreToldOfNames(String lines, RoomConfig.Dns.Wanted wanted)
      throws Exception {
    assertThat(read(lines.replace('|', '\n')).netboot().room().dns().wanted()).isEqualTo(wanted);
  }

  @Test
  void theSameMachineTwiceIsRefused() {
    String machine = "[[machine]]\nmac = \"52:54:00:12:34:56\"\n";
    assertThatThrownBy(() -> read("store = \"s\"\n" + machine + machine))
        .hasMessageContaining("machine[2].mac is refused: it stands at another machine, too");
  }

  @Test
  void aFileThatIsNotThereOrTooLongOrNotTextIsRefused() throws IOException {
    Path missing = directory.resolve("missing.toml");
    assertThatThrownBy(() -> KobakoToml.read(missing, Optional.empty()))
        .hasMessage(missing + ": there is no such file: write one, or leave --config out");
    assertThatThrownBy(() -> read("#".repeat(KobakoToml.MAX_BYTES + 1)))
        .hasMessageContaining("1048576 is the most");
    Path binary = Files.write(directory.resolve("binary.toml"), new byte[] {(byte) 0xff, 0});
    assertThatThrownBy(() -> KobakoToml.read(binary, Optional.empty()))
        .hasMessageContaining("not written in UTF-8");
  }

  @Test
  void aStoreThatNobodyNamesLiesInTheStateFolder() throws Exception {
    assertThat(read("state = \"state\"").store()).isEqualTo(directory.resolve("state/store"));
  }

  private static Inet4Address address(String literal) {
    return (Inet4Address) InetAddress.ofLiteral(literal);
  }

  /** The keys that a section knows are what it refuses others by; the table must have each. */
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "network., network",
    "router., router",
    "room., room",
    "dns., dns",
    "http., http",
    "admin., admin",
    "boot., boot",
    "dhcp., dhcp",
    "dhcp.subnet[]., dhcp.subnet",
    "tftp., tftp",
    "proxy., proxy",
    "machine[]., machine"
  })
  void theTableForPeopleHasEveryKeyAndNoOther(String prefix, String section) throws IOException {
    String header =
        switch (section) {
          case "" -> "";
          case "router" -> "[router]\nuplink = \"eth1\"\n";
          case "proxy" -> "[proxy]\nupstreams = [\"http://192.168.7.2/\"]\n";
          case "machine" -> "[[machine]]\nmac = \"52:54:00:12:34:56\"\n";
          case "dhcp.subnet" -> "[[dhcp.subnet]]\nsubnet = \"10.1.0.0/24\"\n";
          default -> "[" + section + "]\n";
        };
    String refusal =
        catchThrowable(() -> read("store = \"s\"\n" + header + "no-such-key = 1\n")).toString();
    List<String> known = List.of(refusal.replaceAll(".*known here are ", "").split(", "));
    List<String> inTable =
        Files.readAllLines(Path.of("OPTIONS.md")).stream()
            .filter(line -> line.startsWith("| `" + prefix))
            .map(line -> line.substring(3 + prefix.length(), line.indexOf('`', 3)))
            .filter(key -> !key.contains("."))
            .toList();
    List<String> plain =
        known.stream()
            .filter(key -> !TABLES.contains(prefix + key))
            .filter(key -> Architecture.ofDebianName(key).isEmpty())
            .toList();
    assertThat(inTable).containsExactlyInAnyOrderElementsOf(plain);
  }
}
