package org.kobako.heartbeat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import org.kobako.heartbeat.Heartbeat.Life;

/** Whatever is in a datagram, even by who has the key: it is refused, or can be written again. */
class HeartbeatFuzzTest {
  private static final byte[] KEY = new byte[SipHash.KEY_BYTES];

  @FuzzTest(maxDuration = "60s")
  void everyDatagramIsRefusedOrRead(FuzzedDataProvider data) {
    boolean isSigned = data.consumeBoolean();
    byte[] bytes = data.consumeBytes(HeartbeatCodec.MAX_BYTES + 1);
    ByteBuffer datagram = ByteBuffer.allocate(bytes.length + SipHash.TAG_BYTES).put(bytes);
    if (isSigned) {
      datagram.put(SipHash.tag(KEY, ByteBuffer.wrap(bytes)));
    }
    HeartbeatCodec codec = new HeartbeatCodec(KEY);
    try {
      Heartbeat heartbeat = codec.read(datagram.flip());
      new Room(new Life(1, 1)).hear(heartbeat, 0);
      ByteBuffer again = ByteBuffer.allocate(HeartbeatCodec.MAX_BYTES);
      codec.write(heartbeat, again);
      if (!codec.read(again).life().equals(heartbeat.life())) {
        throw new AssertionError(heartbeat + " is written as another");
      }
    } catch (RefusedHeartbeatException e) {
      if (isSigned && e.why() == RefusedHeartbeatException.Why.FORGED) {
        throw new AssertionError("what was signed is no forgery", e);
      }
    }
  }
}
