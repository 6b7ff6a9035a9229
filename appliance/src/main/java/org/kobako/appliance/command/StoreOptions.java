package org.kobako.appliance.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.UsageException;
import org.kobako.block.client.cli.Value;
import org.kobako.block.client.cli.Values;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.TrustKey;

/** Operands and options that several commands have. */
final class StoreOptions {
  static final Operand<Path> STORE =
      new Operand<>("STORE", Values.path(), "directory that kobako pack made");

  static final Option<Path> TRUST =
      Option.optional(
          "trust",
          "KEY.pub",
          Values.path(),
          "take only indexes that this key signed; any whole index if left out");

  static final Option<Boolean> JSON = Option.flag("json", "print JSON, for scripts");

  private StoreOptions() {}

  static Value<ImageName> imageName() {
    return text -> {
      if (!ImageName.isValid(text)) {
        throw new UsageException(
            "is no image name: use 1-64 of a-z A-Z 0-9 . _ - and begin with a letter or digit");
      }
      return new ImageName(text);
    };
  }

  static IndexTrust trust(Arguments arguments) throws IOException {
    Optional<TrustKey> key = trustKey(arguments);
    return key.isPresent() ? new IndexTrust.SignedBy(key.get()) : new IndexTrust.Anyone();
  }

  static Optional<TrustKey> trustKey(Arguments arguments) throws IOException {
    Optional<Path> file = arguments.find(TRUST);
    return file.isPresent() ? Optional.of(TrustKey.read(file.get())) : Optional.empty();
  }
}
