package org.kobako.appliance.box;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.kobako.block.format.FileJail;
import org.kobako.block.format.JailedFile;
import org.kobako.boot.plan.BootFile;
import org.kobako.boot.plan.BootFileName;
import org.kobako.boot.plan.BootFiles;

/**
 * The folder of boot files: kernels, initramfs files and loaders. No link out of it is followed.
 */
final class BootDirectory implements BootFiles {
  private final FileJail files;

  /**
   * @param root need not be there; then there are no files
   */
  BootDirectory(Path root) {
    this.files = new FileJail(root);
  }

  @Override
  public Optional<BootFile> open(BootFileName name) throws IOException {
    try {
      JailedFile file = files.open(name.toString());
      return Optional.of(
          new BootFile(file.channel(), file.lengthBytes(), file.modifiedEpochSeconds()));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }
}
