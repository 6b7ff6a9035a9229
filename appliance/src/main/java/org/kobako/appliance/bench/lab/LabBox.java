package org.kobako.appliance.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.kobako.appliance.Kobako;
import org.kobako.appliance.child.ChildKobako;

/** A box that serves a store, and is nothing else to its network. */
public final class LabBox {
  private static final String CONFIG =
      """
      netboot = false
      state = "state"
      user = "root"
      """;

  private LabBox() {}

  /**
   * Starts one; it answers when this returns.
   *
   * @param prefix as {@link ChildKobako#start} takes it
   * @param work a directory for its config, its log and what it writes
   * @param port 0 for one that is free
   * @param more lines for its config
   */
  public static ChildKobako start(
      List<String> prefix, Path work, Path store, String address, int port, String more)
      throws IOException {
    Path config = Files.writeString(work.resolve("kobako.toml"), CONFIG + more);
    return ChildKobako.start(
        prefix,
        Kobako.class,
        work.resolve("serve.log"),
        "serve",
        "--config",
        config.toString(),
        "--store",
        store.toString(),
        "--listen",
        address,
        "--http-port",
        Integer.toString(port));
  }
}
