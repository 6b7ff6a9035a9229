package org.kobako.appliance.room;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.kobako.heartbeat.Heartbeat.Life;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which box this is: a number made by chance at its first start, and kept. */
final class Identity {
  private static final Logger LOG = LoggerFactory.getLogger(Identity.class);

  /** In the folder of what a box must remember. */
  static final String FILE = "room.box";

  private static final int HEX = 16;

  private Identity() {}

  /** A new life of the box that this one is; of one that it becomes, where it was none yet. */
  static Life begin(Path state) {
    SecureRandom random = new SecureRandom();
    return new Life(box(state.resolve(FILE), random), random.nextLong());
  }

  /** For a box that is alone, and that nobody need know again: no secret, and made at once. */
  static Life passing() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new Life(random.nextLong(), random.nextLong());
  }

  private static long box(Path file, SecureRandom random) {
    try {
      return Long.parseUnsignedLong(Files.readString(file).strip(), HEX);
    } catch (NoSuchFileException firstStart) {
      // Made below.
    } catch (IOException | NumberFormatException e) {
      LOG.warn("room: {} does not say which box this is: {}; becomes another", file, e.toString());
    }
    long box = random.nextLong();
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path written = file.resolveSibling(FILE + ".new");
      Files.writeString(written, name(box) + "\n");
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.warn("room: {} cannot be written, and the next start is another box: {}", file, e);
    }
    return box;
  }

  /** As it stands in names: {@code box-0123456789abcdef.boot.kobako}. */
  static String name(long box) {
    return "%016x".formatted(box);
  }

  /** The number of a name. */
  static long number(String name) {
    return Long.parseUnsignedLong(name, HEX);
  }
}
