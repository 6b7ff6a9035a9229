package org.kobako.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.testing.Peer;

/** Against OpenSSL's. */
@Tag("interop")
class SipHashInteropTest {
  private @TempDir Path work;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 15, 16, 255, 256, 1384})
  void theTagIsOpenssls(int length) throws Exception {
    Random random = new Random(length);
    byte[] key = new byte[SipHash.KEY_BYTES];
    byte[] message = new byte[length];
    random.nextBytes(key);
    random.nextBytes(message);
    String theirs =
        Peer.run(
                "openssl",
                "mac",
                "-macopt",
                "hexkey:" + HexFormat.of().formatHex(key),
                "-macopt",
                "size:16",
                "-in",
                Files.write(work.resolve("message"), message).toString(),
                "SIPHASH")
            .succeeded();
    assertThat(HexFormat.of().withUpperCase().formatHex(SipHash.tag(key, ByteBuffer.wrap(message))))
        .isEqualTo(theirs.strip());
  }
}
