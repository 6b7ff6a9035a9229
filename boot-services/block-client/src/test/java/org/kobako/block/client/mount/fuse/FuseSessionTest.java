package org.kobako.block.client.mount.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kobako.block.client.Reply;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.testing.TestDisk;

class FuseSessionTest {
  private final byte[] plain = TestDisk.mixed(1 << 20, ArrayDisk.BLOCK_BYTES, 5);
  private final ArrayDisk disk = new ArrayDisk("debian", plain);
  private final FuseFiles files =
      new FuseFiles(
          disk,
          new Faults(System.getLogger("test"), "debian", System::nanoTime),
          Instant.EPOCH,
          0,
          0);
  private final byte[] goodRead = KernelRequest.read(2, 7, 100);

  private List<ScriptedDevice.Answer> askAll(byte[]... requests) {
    return new ScriptedDevice().asks(requests).askAll(files, disk.newReply());
  }

  private void assertGoodRead(ScriptedDevice.Answer answer) {
    assertThat(answer.error()).isZero();
    assertThat(answer.bodyBytes()).isEqualTo(Arrays.copyOfRange(plain, 7, 107));
  }

  @Test
  void requestWithoutAHeaderIsPassedOver() {
    List<ScriptedDevice.Answer> answers = askAll(new byte[0], new byte[39], goodRead);
    assertThat(answers).hasSize(1);
    assertGoodRead(answers.getFirst());
  }

  @Test
  void lyingLengthIsRefusedAndTheLoopGoesOn() {
    byte[] longer = Arrays.copyOf(goodRead, goodRead.length + 8);
    byte[] shorter = Arrays.copyOf(goodRead, goodRead.length - 8);
    List<ScriptedDevice.Answer> answers = askAll(longer, shorter, goodRead);
    assertThat(answers).hasSize(3);
    assertThat(answers.get(0).error()).isEqualTo(-ErrorCode.EINVAL);
    assertThat(answers.get(1).error()).isEqualTo(-ErrorCode.EINVAL);
    assertGoodRead(answers.get(2));
  }

  @Test
  void bodyThatIsTooShortForItsOpcodeIsRefused() {
    List<ScriptedDevice.Answer> answers =
        askAll(
            KernelRequest.of(15, 2, new byte[23]),
            KernelRequest.of(46, 2, new byte[19]),
            KernelRequest.of(26, 0, new byte[7]),
            KernelRequest.of(14, 2),
            KernelRequest.of(1, 1));
    assertThat(answers).hasSize(5).allMatch(answer -> answer.error() == -ErrorCode.EINVAL);
  }

  @Test
  void diskThatBreaksDownGivesEioAndTheLoopGoesOn() {
    // Slots without memory behind them: the disk throws what it never should.
    Reply slotless = new Reply(0, null, slot -> {});
    List<ScriptedDevice.Answer> answers =
        new ScriptedDevice().asks(goodRead, KernelRequest.of(17, 1)).askAll(files, slotless);
    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).error()).isEqualTo(-ErrorCode.EIO);
    assertThat(answers.get(0).bodyLength()).isZero();
    assertThat(answers.get(1).error()).isZero();
  }

  @Test
  void answerThatTheKernelRefusesBecomesEio() {
    List<ScriptedDevice.Answer> answers =
        new ScriptedDevice().refuses(1).asks(goodRead, goodRead).askAll(files, disk.newReply());
    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).error()).isEqualTo(-ErrorCode.EIO);
    assertGoodRead(answers.get(1));
  }

  @Test
  void askerThatIsGoneStopsNothing() {
    List<ScriptedDevice.Answer> answers =
        new ScriptedDevice().refuses(2).asks(goodRead, goodRead).askAll(files, disk.newReply());
    assertThat(answers).hasSize(1);
    assertGoodRead(answers.getFirst());
  }

  @Test
  void slotsAreGivenBackAfterTheAnswer() {
    int[] unpinned = {0};
    Reply reply = new Reply(0, OffHeapBuffer.allocate(plain.length), slot -> unpinned[0]++);
    new ScriptedDevice().asks(goodRead).askAll(files, reply);
    assertThat(unpinned[0]).isEqualTo(1);
    assertThat(reply.parts()).isZero();
  }
}
