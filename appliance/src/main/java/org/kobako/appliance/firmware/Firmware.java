package org.kobako.appliance.firmware;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kobako.appliance.firmware.RefusedUpdateException.Reason;
import org.kobako.appliance.status.ConfigStatus;
import org.kobako.appliance.status.FirmwareStatus;
import org.kobako.block.format.TrustKey;
import org.kobako.dhcp.address.Ipv4Address;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The firmware that a box runs in, as its supervisor describes it in a folder, and the way to a
 * newer one.
 *
 * <table>
 * <caption>The folder</caption>
 * <tr><td>{@code slot}<td>{@code a} or {@code b}, which runs
 * <tr><td>{@code version}, {@code target}<td>as in an update's header
 * <tr><td>{@code key.pub}<td>what updates must be signed by
 * <tr><td>{@code admin-secret.sha256}<td>64 hexadecimal digits
 * <tr><td>{@code other-boot}, {@code other-root}<td>the other slot's partitions; there when the slot
 *     that runs is to stay
 * <tr><td>{@code address}<td>a link: leads somewhere when the box has an address
 * <tr><td>{@code alone}<td>a link: leads to the name of an interface on which no DHCP server answered
 *     when the supervisor asked for that address; removed here when it has been read
 * <tr><td>{@code uplink}<td>a link: leads, in a box that is a router, to the name of the interface
 *     behind which the rest of the world is, and the addresses of resolvers that are known there now
 * <tr><td>{@code troubles}<td>a folder: a sentence a file about what is wrong around the box now
 * <tr><td>{@code config}<td>written here: where the box's configuration comes from, as {@link
 *     ConfigStatus.Source#word} has it
 * <tr><td>{@code url}<td>written here: where the box answers
 * <tr><td>{@code next}<td>written here: the version in the other slot, to be started next
 * </table>
 */
public final class Firmware {
  private static final Logger LOG = LoggerFactory.getLogger(Firmware.class);

  private static final String NEXT = "next";
  private static final String URL = "url";
  private static final String CONFIG = "config";
  private static final String TROUBLES = "troubles";
  private static final String ADDRESS = "address";
  private static final String ALONE = "alone";
  private static final String UPLINK = "uplink";

  private static final long POLL_MS = 50;

  /** As many as a C library's resolver asks. */
  private static final int MAX_RESOLVERS = 3;

  /** More than the supervisor has names for. */
  private static final int MAX_TROUBLES = 16;

  private final Path directory;
  private final String slot;
  private final String target;
  private final long version;
  private final TrustKey key;
  private final AdminSecret secret;
  private final OtherSlot other;
  private final AtomicBoolean updating = new AtomicBoolean();

  private volatile @Nullable String lastUpdate;

  private Firmware(Path directory) throws IOException {
    this.directory = directory;
    this.slot = word("slot");
    this.target = word("target");
    this.version = versionIn("version");
    this.key = TrustKey.read(directory.resolve("key.pub"));
    this.secret = AdminSecret.read(directory.resolve("admin-secret.sha256"), System::nanoTime);
    this.other = new OtherSlot(directory.resolve("other-boot"), directory.resolve("other-root"));
  }

  /**
   * Reads the folder.
   *
   * @throws IOException if something is missing in it or makes no sense, with its name
   */
  public static Firmware read(Path directory) throws IOException {
    return new Firmware(directory);
  }

  private String word(String file) throws IOException {
    return Files.readString(directory.resolve(file)).strip();
  }

  private long versionIn(String file) throws IOException {
    try {
      return Long.parseLong(word(file));
    } catch (NumberFormatException e) {
      throw new IOException(directory.resolve(file) + " holds no version", e);
    }
  }

  /** What the box's user must be able to write, as far as it is there already. */
  public List<Path> written() {
    return Stream.of(directory, other.boot(), other.root()).filter(Files::exists).toList();
  }

  public AdminSecret secret() {
    return secret;
  }

  /**
   * Waits until the box has an address, as long as that takes: what is loaded before that costs no
   * time. Returns at once where the supervisor says nothing of addresses.
   *
   * @throws InterruptedIOException if the box is told to end
   */
  public void awaitAddress() throws InterruptedIOException {
    Path address = directory.resolve(ADDRESS);
    try {
      while (Files.isSymbolicLink(address) && !Files.exists(address)) {
        Thread.sleep(POLL_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("told to end while there was no address");
    }
  }

  /**
   * Whether the supervisor's DHCP client has just asked on this interface for as long as the box
   * would, and nobody answered. Said once: it is not true for long.
   */
  public boolean isAlone(String interfaceName) {
    try {
      boolean alone = word(ALONE).equals(interfaceName);
      Files.delete(directory.resolve(ALONE));
      return alone;
    } catch (IOException notSaid) {
      return false;
    }
  }

  /**
   * The interface by which machines reach the world through this box, and by which nobody reaches
   * the box; empty if the box is no router.
   */
  public Optional<String> uplink() {
    return uplinkWords().findFirst();
  }

  /** The resolvers that the uplink has named last. */
  public List<Ipv4Address> uplinkResolvers() {
    return uplinkWords()
        .skip(1)
        .flatMap(word -> Ipv4Address.parse(word).stream())
        .limit(MAX_RESOLVERS)
        .toList();
  }

  private Stream<String> uplinkWords() {
    try {
      return Arrays.stream(word(UPLINK).split(" "));
    } catch (IOException noRouter) {
      return Stream.empty();
    }
  }

  /** Tells the supervisor where the box answers. */
  public void tellUrl(String url) {
    tell(URL, url);
  }

  /** Tells the supervisor what the box goes by, so that its network goes by the same. */
  public void tellConfig(ConfigStatus.Source used) {
    tell(CONFIG, used.word());
  }

  private void tell(String name, String word) {
    try {
      replace(name, word);
    } catch (IOException e) {
      LOG.warn("firmware: cannot tell the supervisor {}: {}; goes on", word, e.getMessage());
    }
  }

  /**
   * Takes an update: header, signature, fitness, then writes the other slot, reads it back, and
   * names it as the next to be started. One at a time; what runs is never touched.
   *
   * @param file from its first byte; read to the end of the update at most
   * @param fileBytes its length, if the sender says so
   * @param older whether one that is not newer may replace what runs
   * @return what is in the other slot now
   * @throws RefusedUpdateException if nothing came of it
   */
  public UpdateHeader update(InputStream file, OptionalLong fileBytes, boolean older)
      throws RefusedUpdateException {
    if (!updating.compareAndSet(false, true)) {
      throw new RefusedUpdateException(
          Reason.BUSY, "another update is under way: wait until it has ended");
    }
    try {
      UpdateHeader taken = take(file, fileBytes, older);
      lastUpdate = "version " + taken.version() + " is written, and starts next";
      return taken;
    } catch (RefusedUpdateException e) {
      lastUpdate = "refused: " + e.getMessage();
      throw e;
    } finally {
      updating.set(false);
    }
  }

  private UpdateHeader take(InputStream file, OptionalLong fileBytes, boolean older)
      throws RefusedUpdateException {
    requireReady();
    SignedUpdate update;
    try {
      update = SignedUpdate.read(file, key);
    } catch (IOException e) {
      throw new RefusedUpdateException(
          Reason.MALFORMED, "the update is cut off in its header: send it again", e);
    }
    requireFit(update, fileBytes, older);
    other.requireRoomFor(update);
    lastUpdate = "version " + update.header().version() + " is being written";
    other.write(update, file);
    try {
      replace(NEXT, Long.toString(update.header().version()));
    } catch (IOException e) {
      throw new RefusedUpdateException(
          Reason.DISK, "the update is written, and cannot be started: " + e.getMessage(), e);
    }
    return update.header();
  }

  /** While the slot that runs is on trial, the other is what the box would go back to. */
  private void requireReady() throws RefusedUpdateException {
    if (Files.exists(directory.resolve(NEXT))) {
      throw new RefusedUpdateException(
          Reason.BUSY, "an update is to be started first: try again after that");
    }
    if (!Files.exists(other.boot()) || !Files.exists(other.root())) {
      throw new RefusedUpdateException(
          Reason.BUSY,
          "version " + version + " is still on trial: try again when it has proved itself");
    }
  }

  private void requireFit(SignedUpdate update, OptionalLong fileBytes, boolean older)
      throws RefusedUpdateException {
    UpdateHeader header = update.header();
    if (!header.target().equals(target)) {
      throw new RefusedUpdateException(
          Reason.NOT_FOR_THIS_BOX,
          "the update is for %s, and this box is %s".formatted(header.target(), target));
    }
    if (header.version() <= version && !older) {
      throw new RefusedUpdateException(
          Reason.NOT_FOR_THIS_BOX,
          "the update is version %d, and this box has %d: ask with --older to go back"
              .formatted(header.version(), version));
    }
    long expected = update.headerBytes() + header.payloadBytes();
    if (fileBytes.isPresent() && fileBytes.getAsLong() != expected) {
      throw new RefusedUpdateException(
          Reason.MALFORMED,
          "the update has %d bytes, and should have %d: fetch or make it again"
              .formatted(fileBytes.getAsLong(), expected));
    }
  }

  private void replace(String name, String line) throws IOException {
    Path next = directory.resolve(name + ".new");
    Files.writeString(next, line + "\n");
    try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(next, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  public FirmwareStatus status() {
    OptionalLong next;
    try {
      next = OptionalLong.of(versionIn(NEXT));
    } catch (IOException none) {
      next = OptionalLong.empty();
    }
    return new FirmwareStatus(
        target, slot, version, Optional.ofNullable(lastUpdate), next, troubles());
  }

  private List<String> troubles() {
    List<String> sentences = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve(TROUBLES))) {
      for (Path file : files) {
        if (sentences.size() < MAX_TROUBLES) {
          sentences.add(Files.readString(file).strip());
        }
      }
    } catch (IOException | DirectoryIteratorException over) {
      LOG.debug("firmware: troubles cannot be read", over);
    }
    return sentences;
  }
}
