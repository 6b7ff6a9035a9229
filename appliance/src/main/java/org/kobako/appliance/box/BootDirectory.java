package org.kobako.appliance.box;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.kobako.block.format.JailedFile;
import org.kobako.boot.plan.BootFile;
import org.kobako.boot.plan.BootFileName;
import org.kobako.boot.plan.BootFiles;

/**
 * The folder of boot files: kernels, initramfs files and loaders. No link out of it is followed.
 *
 * @param root need not be there; then there are no files
 */
record BootDirectory(Path root) implements BootFiles {
  @Override
  public Optional<BootFile> open(BootFileName name) throws IOException {
    try {
      JailedFile file = JailedFile.open(root, name.toString());
      return Optional.of(
          new BootFile(file.channel(), file.lengthBytes(), file.modifiedEpochSeconds()));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }
}
