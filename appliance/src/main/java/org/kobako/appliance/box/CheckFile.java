package org.kobako.appliance.box;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.kobako.boot.plan.BootFile;
import org.kobako.boot.plan.BootFileName;
import org.kobako.boot.plan.BootFiles;

/**
 * A boot file that the box reads from itself, to know that its services answer: in no folder, and
 * another for each box that runs, so that nobody else's answer is taken for its own.
 */
record CheckFile(byte[] content) implements BootFiles {
  static final BootFileName NAME = BootFileName.of("self-check");

  static CheckFile make() {
    String number = Long.toHexString(ThreadLocalRandom.current().nextLong());
    return new CheckFile(("kobako " + number + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public Optional<BootFile> open(BootFileName name) {
    return name.equals(NAME) ? Optional.of(BootFile.of(content)) : Optional.empty();
  }
}
