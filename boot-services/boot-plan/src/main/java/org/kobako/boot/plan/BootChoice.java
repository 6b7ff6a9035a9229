package org.kobako.boot.plan;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What the operator chose for all machines, for an architecture, or for one machine. What is empty
 * is left to the wider rule.
 *
 * @param image the name of the image that is the root disk
 * @param kernel the kernel's boot file
 * @param initrd the initramfs's boot file
 * @param commandLine what is added to the kernel's command line
 * @param localDisk whether the machine is sent back to its own disk
 */
public record BootChoice(
    Optional<String> image,
    Optional<BootFileName> kernel,
    Optional<BootFileName> initrd,
    Optional<String> commandLine,
    Optional<Boolean> localDisk) {
  public static final BootChoice NONE =
      new BootChoice(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Room for it on ARM, whose kernels take the shortest command line, 1024 bytes with ours. */
  public static final int MAX_COMMAND_LINE_CHARS = 700;

  private static final Pattern PLAIN_WORDS = Pattern.compile("[ -~&&[^$\\\\#|&'\"`]]*");

  public BootChoice {
    commandLine.ifPresent(BootChoice::validCommandLine);
  }

  /**
   * It stands in scripts, a line each, where nothing in it may end the line, begin an expansion or
   * a comment, or join a further command; iPXE and U-Boot would take quotes away.
   *
   * @return the line
   * @throws IllegalArgumentException if it is refused, with the reason
   */
  public static String validCommandLine(String line) {
    if (line.length() > MAX_COMMAND_LINE_CHARS) {
      throw new IllegalArgumentException(
          "a command line has %2$d characters at the most, and this has %1$d"
              .formatted(line.length(), MAX_COMMAND_LINE_CHARS));
    }
    if (!PLAIN_WORDS.matcher(line).matches()) {
      throw new IllegalArgumentException(
          "a command line is of printable ASCII, without $ \\ # | & and quotes");
    }
    return line;
  }

  /** This one, and where it is empty the wider. */
  BootChoice orElse(BootChoice wider) {
    return new BootChoice(
        first(wider, BootChoice::image),
        first(wider, BootChoice::kernel),
        first(wider, BootChoice::initrd),
        first(wider, BootChoice::commandLine),
        first(wider, BootChoice::localDisk));
  }

  private <T> Optional<T> first(BootChoice wider, Function<BootChoice, Optional<T>> field) {
    return field.apply(this).or(() -> field.apply(wider));
  }
}
