package org.kobako.block.client.attach;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.kobako.block.client.AttachConfig;
import org.kobako.block.client.AttachedImage;
import org.kobako.block.client.ReadPathConfig;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.Stop;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Units;
import org.kobako.block.client.cli.UsageException;
import org.kobako.block.client.cli.Value;
import org.kobako.block.client.cli.Values;
import org.kobako.block.client.fetch.FetchCounters;
import org.kobako.block.client.fetch.UpstreamUrl;
import org.kobako.block.client.fetch.Upstreams;
import org.kobako.block.client.mount.fuse.FuseConfig;
import org.kobako.block.client.mount.fuse.FuseMount;
import org.kobako.block.client.mount.nbd.NbdAddress;
import org.kobako.block.client.mount.nbd.NbdConfig;
import org.kobako.block.client.mount.nbd.NbdServer;
import org.kobako.block.client.resolve.NameServers;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.TrustKey;
import org.kobako.block.format.codec.Codecs;
import org.kobako.block.format.digest.Digesters;

/** {@code kobako attach}: shows an image as a disk until {@code detach}, Ctrl-C or an unmount. */
public final class AttachCommand implements Command {
  private static final Operand<ImageAtVersion> IMAGE =
      new Operand<>(
          "NAME",
          AttachCommand::readImage,
          "image to attach; NAME@VERSION for another version than the current one");
  private static final Option<List<UpstreamUrl>> FROM =
      Option.required(
          "from",
          "URL[,URL...]",
          AttachCommand::readUrls,
          "boxes, or any web servers, that have the store; all are used, any may die");
  private static final Option<Path> MOUNT =
      Option.optional(
          "mount", "DIR", Values.path(), "show the disk as the file DIR/NAME, for mount -o loop");
  private static final Option<NbdAddress> NBD =
      Option.optional(
          "nbd",
          "ADDRESS",
          argument(NbdAddress::parse),
          "show the disk as an NBD export at HOST:PORT or unix:PATH");
  private static final Option<Path> TRUST =
      Option.optional(
          "trust", "KEY.pub", Values.path(), "take only an index that this key has signed");
  private static final Option<Integer> MIN_VERSION =
      Option.withDefault(
          "min-version",
          "N",
          Values.integer(1, Integer.MAX_VALUE),
          "1",
          "refuse older versions, for machines that remember nothing");
  private static final Option<Path> STATE =
      Option.optional(
          "state",
          "DIR",
          Values.path(),
          "with --trust: remembers the newest version seen, and an older one is refused; default"
              + " /var/lib/kobako/seen for root, ~/.local/state/kobako/seen for others");
  private static final Option<UpstreamUrl> PROXY =
      Option.optional("proxy", "URL", argument(UpstreamUrl::parse), "forward proxy to go through");
  private static final Option<NameServers> RESOLVER =
      Option.optional(
          "resolver",
          "ADDRESS[:PORT][,...]",
          argument(NameServers::parse),
          "DNS servers that know the names in --from, each of which stands for all addresses that it"
              + " has; default those of /etc/resolv.conf");
  private static final Option<Long> CACHE =
      Option.withDefault(
          "cache",
          "SIZE",
          Values.size(ReadPathConfig.MIN_CACHE_BYTES, ReadPathConfig.MAX_CACHE_BYTES),
          "64M",
          "memory for plain blocks");
  private static final Option<Integer> READ_AHEAD =
      Option.withDefault(
          "read-ahead",
          "BLOCKS",
          Values.integer(0, ReadPathConfig.MAX_READ_AHEAD_BLOCKS),
          Integer.toString(ReadPathConfig.DEFAULT.readAheadBlocks()),
          "most blocks fetched ahead of a sequential reader; 0 for none");
  private static final Option<Duration> PATIENCE =
      Option.withDefault(
          "patience",
          "TIME",
          Values.duration(Duration.ofMillis(100), Duration.ofDays(1)),
          "2m",
          "how long a read waits while no upstream answers, before it fails");
  private static final Option<Integer> THREADS =
      Option.withDefault(
          "threads",
          "N",
          Values.integer(1, 64),
          Integer.toString(FuseConfig.DEFAULT_THREADS),
          "requests answered at once");

  @Override
  public Syntax syntax() {
    return Syntax.of("attach", "show an image as a disk of this machine")
        .note(
            "It stays in the foreground as long as the disk is there: kobako detach, Ctrl-C, SIGTERM"
                + " or an unmount of DIR ends both.")
        .operands(IMAGE)
        .options(
            FROM,
            MOUNT,
            NBD,
            TRUST,
            MIN_VERSION,
            STATE,
            PROXY,
            RESOLVER,
            CACHE,
            READ_AHEAD,
            PATIENCE,
            THREADS)
        .example(
            "attach debian --from http://box1:8080,http://box2:8080 --mount /mnt/box",
            "then: mount -o loop,ro /mnt/box/debian /mnt/debian")
        .example(
            "attach debian --from http://box1:8080 --nbd 127.0.0.1:10809 --trust kobako.pub",
            "then: nbdcopy nbd://127.0.0.1:10809 debian.img, or nbd-client, or qemu");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws UsageException, CommandFailedException, IOException, InterruptedException {
    Optional<Path> mount = arguments.find(MOUNT);
    Optional<NbdAddress> nbd = arguments.find(NBD);
    if (mount.isPresent() == nbd.isPresent()) {
      throw new UsageException("say either --mount DIR or --nbd ADDRESS");
    }
    if (arguments.find(STATE).isPresent() && arguments.find(TRUST).isEmpty()) {
      throw new UsageException("--state remembers what --trust KEY.pub has signed: say both");
    }
    if (StopLimit.isForThisProcess()) {
      limitStops(terminal);
    }
    try (AttachedImage image = AttachedImage.open(config(arguments))) {
      terminal.err().println("codecs: " + Codecs.describe() + "; digest: " + Digesters.describe());
      if (mount.isPresent()) {
        int threads = within(image.maxReplies(), arguments.get(THREADS));
        serveMount(image, FuseConfig.at(mount.get()).withThreads(threads), terminal);
      } else {
        serveNbd(image, nbdConfig(nbd.orElseThrow(), image.maxReplies()), terminal);
      }
      terminal.err().println(summary(image.counters()));
    }
  }

  private static void limitStops(Terminal terminal) {
    try {
      StopLimit.set();
    } catch (IOException e) {
      terminal
          .err()
          .println(
              "kobako attach: what stops this process may stop the machine: " + e.getMessage());
    }
  }

  private static int within(int maxReplies, int threads) throws CommandFailedException {
    if (threads > maxReplies) {
      throw new CommandFailedException(
          "--cache is too small for --threads "
              + threads
              + ": it has room for "
              + maxReplies
              + "; use a larger cache or fewer threads");
    }
    return threads;
  }

  /** As many clients and workers as the block cache has slots for, up to the usual number. */
  private static NbdConfig nbdConfig(NbdAddress address, int maxReplies)
      throws CommandFailedException {
    NbdConfig usual = NbdConfig.on(address);
    within(maxReplies, 2);
    int half = maxReplies / 2;
    return new NbdConfig(
        address,
        Math.min(usual.maxConnections(), half),
        Math.min(usual.maxWorkers(), half),
        usual.handshakeTimeout());
  }

  private static void serveMount(AttachedImage image, FuseConfig config, Terminal terminal)
      throws IOException, InterruptedException {
    Stop stop = terminal.catchStop(Duration.ofDays(3650));
    Attachments attachments = Attachments.ofUser();
    try (FuseMount mount = FuseMount.mount(image.disk(), config)) {
      Path directory = mount.file().getParent();
      ready(attachments, image, mount.file().toString(), String.valueOf(directory), terminal);
      Thread.ofPlatform()
          .name("kobako-detach")
          .daemon()
          .start(() -> unmount(mount, stop, terminal));
      mount.awaitEnd();
    } finally {
      attachments.remove(ProcessHandle.current().pid());
    }
  }

  /** Users that hold the file open are served to their end: a disk does not vanish under them. */
  private static void unmount(FuseMount mount, Stop stop, Terminal terminal) {
    try {
      stop.await();
      if (mount.unmount()) {
        terminal
            .err()
            .println(
                mount.file()
                    + " is in use: it is out of the tree and served until its last user is gone");
      }
    } catch (IOException e) {
      terminal
          .err()
          .println("kobako attach: cannot unmount " + mount.file() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void serveNbd(AttachedImage image, NbdConfig config, Terminal terminal)
      throws IOException, InterruptedException {
    Stop stop = terminal.catchStop();
    Attachments attachments = Attachments.ofUser();
    try (NbdServer server = NbdServer.start(image.disk(), config)) {
      String target = server.address().toString();
      ready(attachments, image, server.address().uri(), target, terminal);
      stop.await();
    } finally {
      attachments.remove(ProcessHandle.current().pid());
    }
  }

  private static void ready(
      Attachments attachments, AttachedImage image, String where, String target, Terminal terminal)
      throws IOException {
    attachments.add(image.index().image().value(), target);
    terminal
        .out()
        .println(
            "attached "
                + image.index().image()
                + " version "
                + image.index().version()
                + ", "
                + Units.roundSize(image.index().plainLength())
                + ", as "
                + where
                + "; Ctrl-C or kobako detach "
                + target
                + " ends it");
    terminal.out().flush();
  }

  private static String summary(FetchCounters counters) {
    return ("fetched %d blocks, %s stored; %d after a failure; %d hedged, of which %d hedges won;"
            + " longest fetch %d ms")
        .formatted(
            counters.fetches(),
            Units.roundSize(counters.storedBytes()),
            counters.elsewhere(),
            counters.hedged(),
            counters.hedgesWon(),
            counters.longestNs() / 1_000_000);
  }

  private static AttachConfig config(Arguments arguments) throws IOException {
    ImageAtVersion image = arguments.get(IMAGE);
    Optional<Path> trustFile = arguments.find(TRUST);
    @Nullable TrustKey trust = trustFile.isPresent() ? TrustKey.read(trustFile.get()) : null;
    ReadPathConfig defaults = ReadPathConfig.DEFAULT;
    return new AttachConfig(
        image.name(),
        image.version(),
        arguments.get(FROM),
        arguments.find(PROXY).orElse(null),
        arguments.find(RESOLVER).orElseGet(NameServers::ofSystem),
        trust,
        arguments.get(MIN_VERSION),
        trust == null ? null : arguments.find(STATE).orElseGet(AttachCommand::defaultState),
        arguments.get(PATIENCE),
        new ReadPathConfig(
            arguments.get(CACHE),
            defaults.onDemandFetches(),
            defaults.prefetchThreads(),
            arguments.get(READ_AHEAD)));
  }

  private static Path defaultState() {
    if (System.getProperty("user.name", "").equals("root")) {
      return Path.of("/var/lib/kobako/seen");
    }
    String state = System.getenv("XDG_STATE_HOME");
    Path base =
        state == null ? Path.of(System.getProperty("user.home"), ".local/state") : Path.of(state);
    return base.resolve("kobako/seen");
  }

  private record ImageAtVersion(ImageName name, OptionalLong version) {}

  private static ImageAtVersion readImage(String text) throws UsageException {
    int at = text.indexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    if (!ImageName.isValid(name)) {
      throw new UsageException("is no image name: 1-64 of a-z A-Z 0-9 . _ -");
    }
    if (at < 0) {
      return new ImageAtVersion(new ImageName(name), OptionalLong.empty());
    }
    String version = text.substring(at + 1);
    if (!version.matches("[1-9][0-9]{0,17}")) {
      throw new UsageException("has no version behind the @: expected a number from 1");
    }
    return new ImageAtVersion(new ImageName(name), OptionalLong.of(Long.parseLong(version)));
  }

  private static List<UpstreamUrl> readUrls(String text) throws UsageException {
    List<UpstreamUrl> urls = new ArrayList<>();
    for (String url : text.split(",", -1)) {
      urls.add(AttachCommand.<UpstreamUrl>argument(UpstreamUrl::parse).read(url));
    }
    if (urls.size() > Upstreams.MAX_UPSTREAMS) {
      throw new UsageException("names more than " + Upstreams.MAX_UPSTREAMS + " upstreams");
    }
    return urls;
  }

  /** A value whose own parser refuses with a sentence. */
  private static <T> Value<T> argument(java.util.function.Function<String, T> parser) {
    return text -> {
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException e) {
        throw new UsageException("is refused: " + e.getMessage());
      }
    };
  }
}
