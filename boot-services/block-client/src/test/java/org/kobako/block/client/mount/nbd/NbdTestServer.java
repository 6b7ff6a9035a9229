package org.kobako.block.client.mount.nbd;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.kobako.block.client.Disk;

/** How the tests start a server: each on TCP and on a unix socket. */
final class NbdTestServer {
  private NbdTestServer() {}

  /** Kinds of address a server can have. */
  enum Transport {
    TCP {
      @Override
      NbdAddress address(Path directory) {
        return NbdAddress.parse("127.0.0.1:0");
      }
    },
    UNIX {
      @Override
      NbdAddress address(Path directory) {
        return NbdAddress.parse("unix:" + directory.resolve("nbd socket"));
      }
    };

    abstract NbdAddress address(Path directory);
  }

  static NbdServer start(Disk disk, NbdAddress address) throws IOException {
    return NbdServer.start(disk, new NbdConfig(address, 8, 4, Duration.ofSeconds(30)));
  }

  static NbdServer onTcp(Disk disk) throws IOException {
    return start(disk, NbdAddress.parse("127.0.0.1:0"));
  }

  /** Names of the threads that servers have, of all servers alive. */
  static Stream<String> threadNames() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("nbd-"));
  }
}
