package org.kobako.appliance.command;

import java.nio.file.Path;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Value;
import org.kobako.block.client.cli.Values;
import org.kobako.block.client.fetch.UpstreamUrl;

/** A store that a command is about: a directory of this machine, or a box's. */
sealed interface StorePlace {
  /** A directory. */
  record Directory(Path path) implements StorePlace {}

  /** The store of a box. */
  record OfBox(UpstreamUrl url) implements StorePlace {}

  Operand<StorePlace> OPERAND =
      new Operand<>(
          "STORE", value(), "directory that kobako pack made, or a box: http://192.168.7.1/");

  /** Reads it. */
  static Value<StorePlace> value() {
    return text -> {
      if (!text.startsWith("http:")) {
        return new Directory(Values.path().read(text));
      }
      return new OfBox(BoxUrl.value().read(text));
    };
  }
}
