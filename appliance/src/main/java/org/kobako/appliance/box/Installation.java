package org.kobako.appliance.box;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kobako.appliance.firmware.Firmware;
import org.kobako.appliance.status.ConfigStatus;

/**
 * What is around a box besides its configuration.
 *
 * @param config where that came from
 * @param firmware empty for a box that is a process on somebody's machine
 * @param written files and folders that the box must be able to write when it is root no more
 * @param whenSound runs once, when all services answer for the first time
 * @param whenStuck runs once, when HTTP has not answered for so long that it will not do so
 */
public record Installation(
    ConfigStatus config,
    Optional<Firmware> firmware,
    List<Path> written,
    Runnable whenSound,
    Runnable whenStuck) {
  /** The command line, and nothing else. */
  public static final Installation NONE =
      new Installation(ConfigStatus.COMMAND_LINE, Optional.empty(), List.of(), () -> {}, () -> {});
}
