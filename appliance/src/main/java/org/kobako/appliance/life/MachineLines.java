package org.kobako.appliance.life;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.ReaderAgent;
import org.kobako.block.format.StorePath;
import org.kobako.block.server.MachineReads;
import org.kobako.packer.Retention;

/**
 * What a box knows of the machines that read from it, as text.
 *
 * <pre>
 * up 86400
 * 192.168.7.100 debian 3 12
 * </pre>
 *
 * <p>Seconds since the box began; then a line for each version that a machine reads: its address,
 * the image, the version, and seconds since it asked last.
 *
 * @param up since the box began to note who reads
 * @param inUse each version once
 */
public record MachineLines(Duration up, List<Retention.InUse> inUse) {
  /** A machine that is on lets every box know of itself three times in this. */
  private static final Duration ALL_HAVE_ASKED = Duration.ofMinutes(15);

  private static final Pattern UP = Pattern.compile("up ([0-9]{1,12})");
  private static final Pattern MACHINE =
      Pattern.compile("([0-9a-fA-F.:%a-z]{2,64}) ([^ ]{1,64}) ([1-9][0-9]{0,17}) ([0-9]{1,12})");

  public MachineLines {
    inUse = List.copyOf(inUse);
  }

  /** What a box knows itself. */
  public static MachineLines of(Duration up, List<MachineReads.Read> reads) {
    Map<ReaderAgent, Retention.InUse> inUse = new LinkedHashMap<>();
    for (MachineReads.Read read : reads) {
      add(read.image(), read.version(), read.ago(), inUse);
    }
    return new MachineLines(up, List.copyOf(inUse.values()));
  }

  private static void add(
      ImageName image, long version, Duration ago, Map<ReaderAgent, Retention.InUse> inUse) {
    inUse.merge(
        new ReaderAgent(image, version),
        new Retention.InUse(image, version, 1, ago),
        (a, b) ->
            new Retention.InUse(
                image,
                version,
                a.machines() + b.machines(),
                a.ago().compareTo(b.ago()) < 0 ? a.ago() : b.ago()));
  }

  /** The text, for whoever asks a box. */
  public static String write(Duration up, List<MachineReads.Read> reads) {
    StringBuilder text = new StringBuilder("up ").append(up.toSeconds()).append('\n');
    for (MachineReads.Read read : reads) {
      text.append(read.machine().getHostAddress()).append(' ');
      text.append(read.image()).append(' ').append(read.version()).append(' ');
      text.append(read.ago().toSeconds()).append('\n');
    }
    return text.toString();
  }

  /** Reads the text of a box; empty if it is none. */
  public static Optional<MachineLines> parse(String text) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    Matcher up = UP.matcher(lines.isEmpty() ? "" : lines.removeFirst());
    if (!up.matches()) {
      return Optional.empty();
    }
    Map<ReaderAgent, Retention.InUse> inUse = new LinkedHashMap<>();
    for (String line : lines) {
      Matcher machine = MACHINE.matcher(line);
      if (!machine.matches() || !ImageName.isValid(machine.group(2))) {
        return Optional.empty();
      }
      long version = Long.parseLong(machine.group(3));
      if (StorePath.isVersion(version)) {
        Duration ago = Duration.ofSeconds(Long.parseLong(machine.group(4)));
        add(new ImageName(machine.group(2)), version, ago, inUse);
      }
    }
    Duration upFor = Duration.ofSeconds(Long.parseLong(up.group(1)));
    return Optional.of(new MachineLines(upFor, List.copyOf(inUse.values())));
  }

  /**
   * Why a collector must not rely on this yet; empty if it may.
   *
   * @param grace for how long a version stays that a machine asked for
   */
  public Optional<String> whyTooEarly(Duration grace) {
    Duration enough = grace.compareTo(ALL_HAVE_ASKED) < 0 ? grace : ALL_HAVE_ASKED;
    return up.compareTo(enough) >= 0
        ? Optional.empty()
        : Optional.of(
            "has run for %d s, and knows after %d s which versions machines read: try again then"
                .formatted(up.toSeconds(), enough.toSeconds()));
  }
}
