package org.kobako.block.client.mount.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kobako.testing.Peer;

/** Against the reference client; attaching needs the kernel's driver, listing does not. */
@Tag("interop")
class NbdClientInteropTest {
  @Test
  void nbdClientListsTheDisk() throws IOException {
    try (NbdServer server = NbdTestServer.onTcp(new MemoryDisk(1 << 20))) {
      String port = Integer.toString(((NbdAddress.Tcp) server.address()).port());
      assertThat(Peer.run("nbd-client", "-l", "127.0.0.1", port).succeeded())
          .contains(MemoryDisk.NAME);
    }
  }
}
