package org.kobako.appliance.config;

import io.github.wasabithumb.jtoml.JToml;
import io.github.wasabithumb.jtoml.except.TomlException;
import io.github.wasabithumb.jtoml.except.parse.TomlLocalParseException;
import io.github.wasabithumb.jtoml.value.table.TomlTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kobako.appliance.box.BoxConfig;
import org.kobako.appliance.box.DhcpSettings;
import org.kobako.appliance.box.NetbootConfig;
import org.kobako.appliance.box.ProxySettings;
import org.kobako.appliance.room.RoomConfig;
import org.kobako.appliance.room.RoomKey;
import org.kobako.block.client.cli.UsageException;
import org.kobako.block.client.cli.Value;
import org.kobako.block.client.cli.Values;
import org.kobako.block.client.fetch.UpstreamUrl;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.TrustKey;
import org.kobako.boot.plan.Architecture;
import org.kobako.boot.plan.BootChoice;
import org.kobako.boot.plan.BootFileName;
import org.kobako.boot.plan.BootRules;
import org.kobako.boot.plan.MacAddress;
import org.kobako.caching.proxy.CachingProxyConfig;
import org.kobako.dhcp.address.AddressRange;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;
import org.kobako.dhcp.config.DhcpConfig;
import org.kobako.dhcp.config.DhcpMode;
import org.kobako.dhcp.config.Reservation;
import org.kobako.dns.DnsConfig;
import org.kobako.dns.balance.Backend;
import org.kobako.dns.balance.MachineRange;
import org.kobako.dns.balance.Policy;
import org.kobako.heartbeat.HeartbeatConfig;

/** Reads kobako.toml. Its keys stand here in the order of OPTIONS.md. */
public final class KobakoToml {
  /** Larger than any that people write. */
  static final int MAX_BYTES = 1 << 20;

  private static final long MIN_QUOTA_BYTES = 16L << 20;
  private static final long MAX_QUOTA_BYTES = 1L << 50;
  private static final long MIN_AHEAD_BYTES = 1 << 10;
  private static final long MAX_AHEAD_BYTES = 1L << 40;

  private static final String DHCP_OFF = "off";
  private static final List<String> DHCP_MODES =
      Stream.concat(Stream.of(DhcpMode.values()).map(DhcpMode::toString), Stream.of(DHCP_OFF))
          .toList();

  private final Path directory;

  private KobakoToml(Path directory) {
    this.directory = directory;
  }

  /**
   * Reads a file; relative paths in it start at its folder.
   *
   * @param store the store that the command line names, which goes before the file's
   * @throws ConfigException if it cannot be read or says something that is refused
   */
  public static BoxConfig read(Path file, Optional<Path> store) throws ConfigException {
    return read(text(file), file, file, store);
  }

  /**
   * Reads what a file said.
   *
   * @param place the file that it was written for, at whose folder relative paths start
   * @param file the one that it was found in, for complaints
   */
  public static BoxConfig read(String text, Path place, Path file, Optional<Path> store)
      throws ConfigException {
    Path directory = Optional.ofNullable(place.toAbsolutePath().getParent()).orElse(place);
    try {
      return new KobakoToml(directory).config(parse(text), store);
    } catch (ConfigException e) {
      throw new ConfigException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * What a file says.
   *
   * @throws ConfigException if it cannot be read
   */
  public static String text(Path file) throws ConfigException {
    try {
      long length = Files.size(file);
      if (length > MAX_BYTES) {
        throw new ConfigException(
            "%s: it has %d bytes, and %d is the most".formatted(file, length, MAX_BYTES));
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException(
          file + ": there is no such file: write one, or leave --config out", e);
    } catch (CharacterCodingException e) {
      throw new ConfigException(file + ": it is not written in UTF-8", e);
    } catch (IOException e) {
      throw new ConfigException(file + ": it cannot be read: " + e.getMessage(), e);
    }
  }

  private static Section parse(String text) throws ConfigException {
    try {
      TomlTable table = JToml.jToml().readFromString(text);
      return Section.root(table);
    } catch (TomlLocalParseException e) {
      throw new ConfigException(
          "line %d is no TOML: %s".formatted(e.getLineNumber() + 1, e.getRawMessage()), e);
    } catch (TomlException e) {
      throw new ConfigException("it is no TOML: " + e.getMessage(), e);
    }
  }

  private BoxConfig config(Section file, Optional<Path> givenStore) throws ConfigException {
    Optional<Path> fileStore = file.value("store", this::path);
    Optional<Path> state = file.value("state", this::path);
    Optional<Path> namedStore = givenStore.or(() -> fileStore);
    Path store = namedStore.isPresent() ? namedStore.get() : usualStore(state);
    Optional<String> user = file.value("user", text -> text);
    Section network = file.section("network");
    Optional<String> interfaceName = network.value("interface", text -> text);
    network.value("address", KobakoToml::addressInNetwork); // for the supervisor of a flashed box
    network.end();
    validateRouter(file.section("router"));
    BoxConfig.Http http = http(file.section("http"));
    Optional<ProxySettings> proxy = proxy(file.section("proxy"));
    BoxConfig.Admin admin = admin(file.section("admin"));
    Section boot = file.section("boot");
    Optional<Path> bootFiles = boot.value("files", this::path);
    List<Section> machines = file.sections("machine");
    BootRules rules = rules(boot, machines);
    Section dhcpSection = file.section("dhcp");
    DhcpSettings dhcp = dhcp(dhcpSection, machines);
    Section tftpSection = file.section("tftp");
    NetbootConfig.Tftp tftp = tftp(tftpSection);
    Section roomSection = file.section("room");
    Section dnsSection = file.section("dns");
    RoomConfig room = room(roomSection, dnsSection);
    for (Section machine : machines) {
      machine.end();
    }
    Optional<Boolean> netboot = file.flag("netboot");
    file.end();
    NetbootConfig.Wanted wanted =
        netboot
            .map(on -> on ? NetbootConfig.Wanted.YES : NetbootConfig.Wanted.NO)
            .orElse(
                Stream.of(dhcpSection, tftpSection, network, roomSection, dnsSection)
                        .anyMatch(Section::isThere)
                    ? NetbootConfig.Wanted.YES
                    : NetbootConfig.Wanted.IF_POSSIBLE);
    return new BoxConfig(
        store,
        http,
        new NetbootConfig(wanted, interfaceName, bootFiles, rules, dhcp, tftp, room),
        proxy,
        state,
        user,
        admin);
  }

  private static Path usualStore(Optional<Path> state) throws ConfigException {
    try {
      return BoxConfig.usualStore(state);
    } catch (IOException e) {
      throw new ConfigException(
          "store is missing, and the usual place cannot be told: " + e.getMessage(), e);
    }
  }

  /**
   * What the supervisor of a flashed box goes by. Which network cards there are only that knows,
   * and says so while the box serves its machines all the same.
   */
  private static void validateRouter(Section router) throws ConfigException {
    if (router.isThere()) {
      router.required("uplink", KobakoToml::interfaceName);
      Optional<String> address = router.value("address", KobakoToml::addressInNetwork);
      Optional<Ipv4Address> gateway = router.value("gateway", Ipv4Address::of);
      if (gateway.isPresent() && address.isEmpty()) {
        throw router.refused(
            "gateway", "stands without router.address: a DHCP server names its own gateway");
      }
    }
    router.end();
  }

  private static BoxConfig.Http http(Section section) throws ConfigException {
    Optional<InetAddress> listen = section.value("listen", KobakoToml::address);
    Optional<Integer> port = section.value("port", integer(0, BoxConfig.MAX_PORT));
    section.end();
    return new BoxConfig.Http(listen.orElse(null), port);
  }

  private Optional<ProxySettings> proxy(Section section) throws ConfigException {
    if (!section.isThere()) {
      section.end();
      return Optional.empty();
    }
    List<URI> upstreams = section.values("upstreams", KobakoToml::upstream);
    if (upstreams.isEmpty()) {
      throw section.refused("upstreams", "names no store: write [\"http://192.168.7.2/\"]");
    }
    ProxySettings proxy =
        new ProxySettings(
            upstreams,
            section.value("cache", this::path),
            section
                .value("quota", by(Values.size(MIN_QUOTA_BYTES, MAX_QUOTA_BYTES)))
                .orElse(ProxySettings.DEFAULT_QUOTA_BYTES),
            section.value("trust", this::trustKey),
            section.values("keep", ImageName::new),
            section
                .value("ahead-rate", by(Values.size(MIN_AHEAD_BYTES, MAX_AHEAD_BYTES)))
                .orElse(CachingProxyConfig.DEFAULT_AHEAD_BYTES_PER_SECOND));
    section.end();
    return Optional.of(proxy);
  }

  private TrustKey trustKey(String text) {
    try {
      return TrustKey.read(path(text));
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private BoxConfig.Admin admin(Section section) throws ConfigException {
    BoxConfig.Admin admin =
        new BoxConfig.Admin(
            section.value("secret-file", this::path), section.value("trust", this::trustKey));
    section.end();
    return admin;
  }

  private static BootRules rules(Section boot, List<Section> machines) throws ConfigException {
    BootChoice all = choice(boot);
    List<String> boxes = boot.values("boxes", KobakoToml::url);
    Map<Architecture, BootChoice> ofArchitecture = new EnumMap<>(Architecture.class);
    for (Architecture architecture : Architecture.values()) {
      Section section = boot.section(architecture.debianName());
      if (section.isThere()) {
        ofArchitecture.put(architecture, choice(section));
      }
      section.end();
    }
    boot.end();
    Map<MacAddress, BootChoice> ofMachine = new HashMap<>();
    Map<MacAddress, Architecture> architectureOf = new HashMap<>();
    for (Section machine : machines) {
      MacAddress mac = machine.required("mac", KobakoToml::mac);
      if (ofMachine.put(mac, choice(machine)) != null) {
        throw machine.refused("mac", "stands at another machine, too: " + mac);
      }
      machine
          .value("architecture", KobakoToml::architecture)
          .ifPresent(it -> architectureOf.put(mac, it));
    }
    return new BootRules(all, ofArchitecture, ofMachine, architectureOf, boxes);
  }

  private static BootChoice choice(Section section) throws ConfigException {
    return new BootChoice(
        section.value("image", text -> new ImageName(text).value()),
        section.value("kernel", BootFileName::of),
        section.value("initrd", BootFileName::of),
        section.value("command-line", BootChoice::validCommandLine),
        section.flag("local-disk"));
  }

  private static DhcpSettings dhcp(Section section, List<Section> machines) throws ConfigException {
    String mode =
        section
            .value("mode", by(Values.oneOf(DHCP_MODES, it -> it)))
            .orElse(DhcpMode.AUTO.toString());
    DhcpSettings.Link own = link(section);
    Duration leaseTime =
        section
            .value(
                "lease-time",
                by(Values.duration(DhcpConfig.MIN_LEASE_TIME, DhcpConfig.MAX_LEASE_TIME)))
            .orElse(DhcpConfig.DEFAULT_LEASE_TIME);
    int boxes = section.value("boxes", integer(1, DhcpConfig.MAX_BOXES)).orElse(1);
    int box = section.value("box", integer(1, boxes)).orElse(1);
    Duration takeoverTime =
        section
            .value(
                "takeover-time",
                by(Values.duration(DhcpConfig.MIN_TAKEOVER_TIME, DhcpConfig.MAX_TAKEOVER_TIME)))
            .orElse(DhcpConfig.DEFAULT_TAKEOVER_TIME);
    List<DhcpSettings.Relayed> relayed = new ArrayList<>();
    for (Section subnet : section.sections("subnet")) {
      relayed.add(new DhcpSettings.Relayed(subnet.required("subnet", Subnet::of), link(subnet)));
      subnet.end();
    }
    section.end();
    List<Reservation> reservations = new ArrayList<>();
    for (Section machine : machines) {
      MacAddress mac = machine.required("mac", KobakoToml::mac);
      Optional<String> name = machine.value("name", KobakoToml::hostName);
      machine
          .value("address", Ipv4Address::of)
          .ifPresent(it -> reservations.add(new Reservation(mac, it, name)));
    }
    return new DhcpSettings(
        mode.equals(DHCP_OFF) ? Optional.empty() : Optional.of(DhcpMode.of(mode)),
        own,
        relayed,
        reservations,
        leaseTime,
        box,
        boxes,
        takeoverTime);
  }

  private static DhcpSettings.Link link(Section section) throws ConfigException {
    return new DhcpSettings.Link(
        section.value("pool", AddressRange::of),
        section.values("routers", Ipv4Address::of),
        section.values("dns-servers", Ipv4Address::of),
        section.values("ntp-servers", Ipv4Address::of),
        section.value("domain", KobakoToml::domain));
  }

  private static NetbootConfig.Tftp tftp(Section section) throws ConfigException {
    NetbootConfig.Tftp tftp =
        new NetbootConfig.Tftp(
            section.value("max-transfers", integer(1, 1024)),
            section.value("first-transfer-port", integer(0, BoxConfig.MAX_PORT)),
            section.value("max-packet-size", integer(512, 65464)),
            section.value("max-window", integer(1, 1024)));
    section.end();
    return tftp;
  }

  private static RoomConfig room(Section section, Section dns) throws ConfigException {
    Optional<RoomKey> key = roomKey(section);
    RoomConfig room =
        new RoomConfig(
            key,
            section.values("peers", KobakoToml::address),
            section
                .value("port", integer(1, BoxConfig.MAX_PORT))
                .orElse(HeartbeatConfig.USUAL_PORT),
            section
                .value("priority", integer(1, Backend.MAX_PRIORITY))
                .orElse(Backend.USUAL_PRIORITY),
            section.flag("drain").orElse(false),
            section.values("machines", KobakoToml::machineRange),
            section
                .value("policy", by(Values.oneOf(List.of(Policy.values()), KobakoToml::word)))
                .orElse(RoomConfig.DEFAULTS.policy()),
            dns(dns, key.isPresent()));
    section.end();
    if (key.isEmpty() && section.isThere()) {
      throw new ConfigException("room.key is missing: make one with kobako room-key");
    }
    return room;
  }

  /** What was written is shown to nobody: it may be the secret but for a digit. */
  private static Optional<RoomKey> roomKey(Section section) throws ConfigException {
    Optional<String> hex = section.value("key", text -> text);
    try {
      return hex.map(RoomKey::parse);
    } catch (IllegalArgumentException e) {
      throw section.refused("key", String.valueOf(e.getMessage()));
    }
  }

  /** {@code at-boot} for {@code AT_BOOT}. */
  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The room's DNS.
   *
   * @param isOfRoom whether machines are told of names, which nobody but a box's own DNS knows
   */
  private static RoomConfig.Dns dns(Section section, boolean isOfRoom) throws ConfigException {
    Optional<RoomConfig.Dns.Wanted> wanted =
        section
            .value("mode", by(Values.oneOf(List.of("on", "off"), it -> it)))
            .map(mode -> mode.equals("on") ? RoomConfig.Dns.Wanted.YES : RoomConfig.Dns.Wanted.NO);
    List<InetSocketAddress> resolvers = section.values("resolvers", KobakoToml::resolver);
    if (resolvers.size() > RoomConfig.Dns.MAX_RESOLVERS) {
      throw section.refused("resolvers", "has more than " + RoomConfig.Dns.MAX_RESOLVERS);
    }
    RoomConfig.Dns dns =
        new RoomConfig.Dns(
            wanted.orElse(
                isOfRoom || section.isThere()
                    ? RoomConfig.Dns.Wanted.YES
                    : RoomConfig.Dns.Wanted.IF_POSSIBLE),
            section.value("zone", KobakoToml::domain).orElse(DnsConfig.USUAL_ZONE),
            section.value("port", integer(1, BoxConfig.MAX_PORT)).orElse(DnsConfig.USUAL_PORT),
            resolvers);
    section.end();
    return dns;
  }

  // ---- Values ----------------------------------------------------------------------------------

  private Path path(String text) {
    return directory.resolve(text);
  }

  private static Section.Reader<Integer> integer(int min, int max) {
    return by(Values.integer(min, max));
  }

  /** As on the command line. */
  private static <T> Section.Reader<T> by(Value<T> value) {
    return text -> {
      try {
        return value.read(text);
      } catch (UsageException e) {
        throw new IllegalArgumentException("it " + e.getMessage(), e);
      }
    };
  }

  private static InetSocketAddress resolver(String text) {
    return new InetSocketAddress(address(text), DnsConfig.USUAL_PORT);
  }

  private static MachineRange machineRange(String text) {
    int dash = text.indexOf('-');
    return dash < 0
        ? new MachineRange(address(text), address(text))
        : new MachineRange(address(text.substring(0, dash)), address(text.substring(dash + 1)));
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("it is no IP address: write 192.168.7.1 or ::1", e);
    }
  }

  /** An address and its network's bits; the network has room for machines. */
  private static String addressInNetwork(String text) {
    int slash = text.indexOf('/');
    Value<Integer> bits = Values.integer(1, 30);
    try {
      Ipv4Address.of(text.substring(0, Math.max(slash, 0)));
      bits.read(text.substring(slash + 1));
      return text;
    } catch (IllegalArgumentException | UsageException e) {
      throw new IllegalArgumentException(
          "it is no address with its network's bits: write 192.168.7.1/24", e);
    }
  }

  /** As Linux has them, of at most 15 characters, without those that mean something elsewhere. */
  private static String interfaceName(String text) {
    if (!text.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,14}")) {
      throw new IllegalArgumentException("it is no network interface's name: write eth1");
    }
    return text;
  }

  private static MacAddress mac(String text) {
    return MacAddress.parse(text)
        .orElseThrow(
            () -> new IllegalArgumentException("it is no MAC address: write 52:54:00:12:34:56"));
  }

  private static Architecture architecture(String text) {
    return Architecture.ofDebianName(text)
        .orElseThrow(
            () -> new IllegalArgumentException("write amd64, i386, arm64, armhf or riscv64"));
  }

  private static URI upstream(String text) {
    String url = url(text);
    return URI.create(url.endsWith("/") ? url : url + "/");
  }

  private static String url(String text) {
    if (!text.matches("http://[A-Za-z0-9.:\\[\\]-]+(/[A-Za-z0-9._~/-]*)?")) {
      throw noUrl(null);
    }
    try {
      UpstreamUrl unused = UpstreamUrl.parse(text);
      return text;
    } catch (IllegalArgumentException e) {
      throw noUrl(e);
    }
  }

  private static IllegalArgumentException noUrl(@Nullable IllegalArgumentException cause) {
    return new IllegalArgumentException(
        "it is no box's URL: write http://192.168.7.2:8080/", cause);
  }

  /** RFC 1123 section 2.1. */
  private static String hostName(String text) {
    if (!text.matches("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")) {
      throw new IllegalArgumentException("it is no host name: use 1-63 letters, digits and dashes");
    }
    return text;
  }

  private static String domain(String text) {
    for (String label : text.split("\\.", -1)) {
      hostName(label);
    }
    return text;
  }
}
