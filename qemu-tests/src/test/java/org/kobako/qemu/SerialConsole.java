package org.kobako.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A machine's serial line. What it says goes to a log file and is waited for here; what it is told
 * is typed here. One test thread waits and types; a thread of its own reads.
 */
final class SerialConsole implements AutoCloseable {
  /** Of what a machine said last, shown when it is waited for in vain. */
  private static final int LAST_WORDS_CHARS = 8_000;

  private final InputStream output;
  private final OutputStream keyboard;
  private final OutputStream log;
  private final Thread reader;
  private final long powerOnNs = System.nanoTime();
  private final StringBuilder said = new StringBuilder();
  private final List<Piece> pieces = new ArrayList<>();
  private @Nullable OutputStream mirror;
  private int position;
  private boolean ended;

  /** When the text up to a place was there. */
  private record Piece(int endOffset, long atNs) {}

  /**
   * Starts to read.
   *
   * @param log the file that it all goes to
   */
  SerialConsole(String name, InputStream output, OutputStream keyboard, Path log)
      throws IOException {
    this.output = output;
    this.keyboard = keyboard;
    this.log = Files.newOutputStream(log);
    reader = Thread.ofPlatform().name("console " + name).daemon().start(this::read);
  }

  private void read() {
    byte[] bytes = new byte[4096];
    try (log) {
      for (int length; (length = output.read(bytes)) >= 0; ) {
        log.write(bytes, 0, length);
        synchronized (this) {
          if (mirror != null) {
            mirror.write(bytes, 0, length);
            mirror.flush();
          }
          said.append(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
          pieces.add(new Piece(said.length(), System.nanoTime()));
          notifyAll();
        }
      }
    } catch (IOException closed) {
      // The machine was switched off.
    } finally {
      synchronized (this) {
        ended = true;
        notifyAll();
      }
    }
  }

  /**
   * Waits until the machine says this, behind what was waited for before.
   *
   * @throws AssertionError if it does not in time, or is switched off, with its last words
   */
  MatchResult await(String regex, Duration patience) {
    Pattern pattern = Pattern.compile(regex);
    long deadlineNs = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      while (true) {
        Matcher matcher = pattern.matcher(said);
        if (matcher.find(position)) {
          position = matcher.end();
          return matcher.toMatchResult();
        }
        long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0 || ended) {
          throw new AssertionError(
              (ended ? "the machine went off without saying " : "waited in vain for ")
                  + regex
                  + "; its last words: "
                  + said.substring(Math.max(position, said.length() - LAST_WORDS_CHARS)));
        }
        waitAtMost(leftMs);
      }
    }
  }

  private void waitAtMost(long ms) {
    try {
      wait(ms);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** Types a line, as at a keyboard. */
  void type(String line) {
    try {
      press((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new AssertionError("the machine is off and cannot be told: " + line, e);
    }
  }

  /**
   * Presses keys.
   *
   * @throws IOException if the machine is off
   */
  void press(byte[] keys) throws IOException {
    keyboard.write(keys);
    keyboard.flush();
  }

  /** Shows somebody what the machine says from now on. */
  synchronized void mirrorTo(OutputStream out) {
    mirror = out;
  }

  /** How long after power-on it first said this; empty if it never did. */
  synchronized Optional<Duration> firstSaid(String regex) {
    Matcher matcher = Pattern.compile(regex).matcher(said);
    if (!matcher.find()) {
      return Optional.empty();
    }
    return pieces.stream()
        .filter(piece -> piece.endOffset() >= matcher.end())
        .findFirst()
        .map(piece -> Duration.ofNanos(piece.atNs() - powerOnNs));
  }

  /** Everything it said. */
  synchronized String said() {
    return said.toString();
  }

  /** Waits until the log is whole; the machine must be off. */
  @Override
  public void close() {
    try {
      reader.join();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
