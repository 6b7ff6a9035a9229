package org.kobako.tftp;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.kobako.boot.plan.BootFile;
import org.kobako.boot.plan.BootFileName;
import org.kobako.boot.plan.BootFiles;

/** Boot files of a folder, counted while they are open. */
final class TestFiles implements BootFiles {
  private final Path folder;
  private final List<FileChannel> opened = new CopyOnWriteArrayList<>();

  TestFiles(Path folder) {
    this.folder = folder;
  }

  /** Makes a file of random bytes. */
  byte[] make(String name, int lengthBytes) throws IOException {
    byte[] bytes = new byte[lengthBytes];
    new Random(lengthBytes).nextBytes(bytes);
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    return bytes;
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  int openCount() {
    return (int) opened.stream().filter(Channel::isOpen).count();
  }

  @Override
  public Optional<BootFile> open(BootFileName name) throws IOException {
    try {
      FileChannel channel =
          FileChannel.open(folder.resolve(name.toString()), StandardOpenOption.READ);
      opened.add(channel);
      return Optional.of(new BootFile(channel, channel.size(), 0));
    } catch (NoSuchFileException missing) {
      return Optional.empty();
    }
  }
}
