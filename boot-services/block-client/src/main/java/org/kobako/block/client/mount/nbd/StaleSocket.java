package org.kobako.block.client.mount.nbd;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** The socket file of a server that was killed: nobody answers on it. */
final class StaleSocket {
  private StaleSocket() {}

  /**
   * Removes it, if it is one.
   *
   * @throws IOException if the file is something else, or somebody answers
   */
  static void remove(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    // Java names no sockets: neither file, directory nor link, hence "other".
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException(
          "cannot listen on unix:" + path + ": a file of that name is there; choose another");
    }
    try (SocketChannel answered = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      throw new IOException(
          "cannot listen on unix:"
              + path
              + ": another server answers there ("
              + answered.getRemoteAddress()
              + "); stop it or choose another path");
    } catch (ConnectException nobody) {
      Files.delete(path);
    }
  }
}
