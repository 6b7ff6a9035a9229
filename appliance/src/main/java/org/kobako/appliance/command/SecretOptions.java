package org.kobako.appliance.command;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.UsageException;
import org.kobako.block.client.cli.Value;
import org.kobako.block.client.cli.Values;

/** How the commands that change a box are told its admin secret. */
final class SecretOptions {
  private static final String VARIABLE = "KOBAKO_SECRET";
  private static final int MAX_FILE_BYTES = 4 << 10;

  static final Option<String> SECRET =
      Option.optional(
          "secret",
          "SECRET",
          secretWord(),
          "the box's admin secret, which a flashed one showed at its first boot; better, as others"
              + " see a command line, by --secret-file, in "
              + VARIABLE
              + " or when it is asked for");
  static final Option<Path> SECRET_FILE =
      Option.optional("secret-file", "FILE", Values.path(), "the file that has it in its one line");

  private SecretOptions() {}

  /** The secret, by whichever way it is given. */
  static String secret(Arguments arguments) throws UsageException, IOException {
    Optional<String> given = arguments.find(SECRET);
    Optional<Path> file = arguments.find(SECRET_FILE);
    if (given.isEmpty() && file.isPresent()) {
      if (Files.size(file.get()) > MAX_FILE_BYTES) {
        throw new UsageException("--secret-file " + file.get() + " has more than one line");
      }
      given = Optional.of(Files.readString(file.get()).strip());
    }
    given = given.or(() -> Optional.ofNullable(System.getenv(VARIABLE)));
    if (given.isPresent()) {
      return secretWord().read(given.get());
    }
    Console console = System.console();
    char[] typed =
        console != null && console.isTerminal() ? console.readPassword("secret: ") : null;
    if (typed == null) {
      throw new UsageException(
          "the admin secret is missing: give it by --secret-file or --secret, or in " + VARIABLE);
    }
    return secretWord().read(new String(typed));
  }

  /** Nothing that could end the header that it goes into. */
  private static Value<String> secretWord() {
    return text -> {
      if (!text.matches("[!-~]+")) {
        throw new UsageException("is no secret: letters, digits and signs, without a space");
      }
      return text;
    };
  }
}
