package org.kobako.block.client.mount.fuse;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;
import org.kobako.block.client.Reply;
import org.kobako.testing.TestDisk;

class FuseRequestFuzzTest {
  private static final ArrayDisk DISK =
      new ArrayDisk("debian", TestDisk.mixed(300_000, ArrayDisk.BLOCK_BYTES, 1));
  private static final Reply REPLY = DISK.newReply();

  /** Whatever comes, a header gets one well-formed answer (or none where none is wanted). */
  @FuzzTest(maxDuration = "30s")
  void anyRequestIsAnswered(FuzzedDataProvider data) {
    byte[] request = data.consumeBytes(FuseRequest.CAPACITY_BYTES);
    answer(request);
    if (request.length >= FuseRequest.HEADER_BYTES) {
      answer(withSoundHeader(request));
    }
  }

  /** The same body behind a header that gets past the gate: true length, known opcode and node. */
  private static byte[] withSoundHeader(byte[] request) {
    ByteBuffer sound = ByteBuffer.wrap(request.clone()).order(ByteOrder.nativeOrder());
    sound.putInt(0, request.length);
    sound.putInt(4, sound.getInt(4) & 63);
    sound.putLong(16, sound.getLong(16) & 3);
    return sound.array();
  }

  private static void answer(byte[] request) {
    FuseFiles files =
        new FuseFiles(
            DISK, new Faults(System.getLogger("fuzz"), "debian", () -> 0), Instant.EPOCH, 0, 0);
    ScriptedDevice device = new ScriptedDevice().asks(request);
    List<ScriptedDevice.Answer> answers = device.askAll(files, REPLY);
    if (answers.size() > 1 || (request.length < FuseRequest.HEADER_BYTES && !answers.isEmpty())) {
      throw new AssertionError(answers.size() + " answers");
    }
    for (ScriptedDevice.Answer answer : answers) {
      boolean wellFormed =
          answer.length() == 16 + answer.bodyLength()
              && answer.error() <= 0
              && answer.error() != -ErrorCode.EIO
              && (answer.error() == 0 || answer.bodyLength() == 0);
      if (!wellFormed) {
        throw new AssertionError(answer.toString());
      }
    }
  }
}
