package org.kobako.appliance.command;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.kobako.appliance.box.Box;
import org.kobako.appliance.box.BoxConfig;
import org.kobako.appliance.box.Installation;
import org.kobako.appliance.config.ConfigException;
import org.kobako.appliance.config.KobakoToml;
import org.kobako.appliance.config.LastGood;
import org.kobako.appliance.firmware.Firmware;
import org.kobako.appliance.status.ConfigStatus;
import org.kobako.appliance.status.ConfigStatus.Source;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Sentences;
import org.kobako.packer.StoreDirectory;

/**
 * Starts a box on the best configuration that there is: its file's, the last good one, the usual.
 * Without a last good one to go back to, a file that is refused starts nothing.
 *
 * @param file empty for the command line alone
 * @param say takes a sentence about each that is refused
 */
record BoxStart(
    Optional<Path> file,
    Optional<LastGood> lastGood,
    Given given,
    Optional<Firmware> firmware,
    Consumer<String> say) {

  /**
   * The words of the command line, which go before those of a file.
   *
   * @param usualPort where neither names one
   */
  record Given(
      Optional<Path> store,
      Optional<InetAddress> listen,
      Optional<Integer> httpPort,
      int usualPort) {

    BoxConfig over(BoxConfig config) {
      BoxConfig.Http http = config.http();
      return config.withHttp(
          new BoxConfig.Http(
              listen.orElse(http.listen()),
              Optional.of(httpPort.or(http::namedPort).orElse(usualPort))));
    }
  }

  /** EX_SOFTWARE of sysexits(3). */
  private static final int EXIT_STUCK = 70;

  Box run() throws IOException, CommandFailedException {
    if (file.isPresent() && lastGood.isPresent()) {
      return run(file.get(), lastGood.get());
    }
    if (file.isEmpty()) {
      return start(usual(), new ConfigStatus(file, Source.DEFAULTS, List.of()), () -> {});
    }
    try {
      BoxConfig config = KobakoToml.read(file.get(), given.store());
      return start(config, new ConfigStatus(file, Source.FILE, List.of()), () -> {});
    } catch (ConfigException e) {
      throw new CommandFailedException(e.getMessage());
    }
  }

  private Box run(Path file, LastGood lastGood) throws IOException {
    List<String> refused = new ArrayList<>();
    String text = "";
    try {
      text = KobakoToml.text(file);
      String kept = text;
      BoxConfig config = KobakoToml.read(text, file, file, given.store());
      return start(config, status(Source.FILE, refused), () -> lastGood.keep(kept));
    } catch (ConfigException e) {
      refuse(e.getMessage(), refused);
    } catch (IOException e) {
      if (lastGood.says(text)) {
        throw e; // it was good before: something else has changed, and may change back
      }
      refuse(file + ": " + Sentences.of(e), refused);
    }
    try {
      Optional<BoxConfig> config = lastGood.read(file, given.store());
      if (config.isPresent()) {
        return start(config.get(), status(Source.LAST_GOOD, refused), () -> {});
      }
    } catch (ConfigException e) {
      refuse(e.getMessage(), refused);
    }
    return start(usual(), status(Source.DEFAULTS, refused), () -> {});
  }

  private void refuse(String sentence, List<String> refused) {
    say.accept(sentence + "; goes on with the last good one, or else the defaults");
    refused.add(sentence);
  }

  private ConfigStatus status(Source source, List<String> refused) {
    return new ConfigStatus(file, source, List.copyOf(refused));
  }

  private BoxConfig usual() throws IOException {
    Path store =
        given.store().isPresent() ? given.store().get() : BoxConfig.usualStore(Optional.empty());
    return BoxConfig.of(store, BoxConfig.Http.DEFAULTS);
  }

  private Box start(BoxConfig config, ConfigStatus status, Runnable whenSound) throws IOException {
    firmware.ifPresent(it -> it.tellConfig(status.used()));
    if (config.store().equals(BoxConfig.usualStore(config.state()))) {
      StoreDirectory.openOrCreate(config.store());
    } else {
      StoreDirectory.open(config.store());
    }
    List<Path> written = new ArrayList<>();
    firmware.ifPresent(it -> written.addAll(it.written()));
    lastGood.ifPresent(it -> written.add(it.makeDirectory()));
    Runnable whenStuck = firmware.isPresent() ? BoxStart::endToBeStartedAgain : () -> {};
    return Box.start(
        given.over(config), new Installation(status, firmware, written, whenSound, whenStuck));
  }

  /**
   * The supervisor of a flashed box starts it again, less and less often; without one, the other
   * services had better go on. What is stuck may keep a process from ending well.
   */
  private static void endToBeStartedAgain() {
    Runtime.getRuntime().halt(EXIT_STUCK);
  }
}
