package org.kobako.block.client.mount.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.client.Reply;
import org.kobako.testing.TestDisk;

/** Offsets and numbers are those of linux/fuse.h, written out. */
class FuseFilesTest {
  private static final int BLOCK = ArrayDisk.BLOCK_BYTES;
  private static final int LENGTH = 10 * BLOCK + 1234;
  private static final long MOUNTED_AT = 1_700_000_000L;
  private static final long ROOT = 1;
  private static final long FILE = 2;

  private final byte[] plain = TestDisk.mixed(LENGTH, BLOCK, 3);
  private final ArrayDisk disk = new ArrayDisk("debian", plain);
  private final FuseFiles files =
      new FuseFiles(
          disk,
          new Faults(System.getLogger("test"), "debian", System::nanoTime),
          Instant.ofEpochSecond(MOUNTED_AT),
          1001,
          1002);

  private ScriptedDevice.Answer ask(byte[] request) {
    List<ScriptedDevice.Answer> answers =
        new ScriptedDevice().asks(request).askAll(files, disk.newReply());
    assertThat(answers).hasSize(1);
    ScriptedDevice.Answer answer = answers.getFirst();
    assertThat(answer.unique()).isEqualTo(KernelRequest.UNIQUE);
    assertThat(answer.length()).isEqualTo(16 + answer.bodyLength());
    return answer;
  }

  @Test
  void initTakesOfTheKernelsFlagsWhatItKnows() {
    ByteBuffer init = ask(KernelRequest.init(7, 45, -1)).body();
    assertThat(init.capacity()).isEqualTo(64);
    assertThat(init.getInt(0)).isEqualTo(7);
    assertThat(init.getInt(4)).isEqualTo(31);
    // ASYNC_READ, DO_READDIRPLUS, READDIRPLUS_AUTO, ASYNC_DIO, PARALLEL_DIROPS, MAX_PAGES
    assertThat(init.getInt(12)).isEqualTo(0x0044_e001);
    assertThat(init.getShort(28)).as("max_pages").isEqualTo((short) 256);
    assertThat(files.minor()).isEqualTo(31);
  }

  @Test
  void initSetsNoFlagThatTheKernelDidNotOffer() {
    assertThat(ask(KernelRequest.init(7, 31, 1)).body().getInt(12)).isEqualTo(1);
  }

  @Test
  void kernelBefore7_23GetsTheShortInit() {
    assertThat(ask(KernelRequest.init(7, 17, 0)).bodyLength()).isEqualTo(24);
    assertThat(files.minor()).isEqualTo(17);
  }

  @Test
  void kernelOfALaterMajorVersionIsAskedToComeAgain() {
    ScriptedDevice.Answer answer = ask(KernelRequest.init(8, 0, 0));
    assertThat(answer.bodyLength()).isEqualTo(8);
    assertThat(answer.body().getInt(0)).isEqualTo(7);
    assertThat(files.minor()).isZero();
  }

  @Test
  void kernelThatIsTooOldIsRefused() {
    assertThat(ask(KernelRequest.init(7, 8, 0)).error()).isEqualTo(-ErrorCode.EPROTO);
    assertThat(files.minor()).isEqualTo(FuseFiles.REFUSED);
  }

  @Test
  void lookUpFindsTheDiskAndItsAttributes() {
    ByteBuffer entry = ask(KernelRequest.lookUp(ROOT, "debian")).body();
    assertThat(entry.capacity()).isEqualTo(128);
    assertThat(entry.getLong(0)).as("nodeid").isEqualTo(FILE);
    assertThat(entry.getLong(16)).as("entry_valid").isEqualTo(31_536_000);
    assertThat(entry.getLong(24)).as("attr_valid").isEqualTo(31_536_000);
    assertThat(entry.getLong(40)).as("ino").isEqualTo(FILE);
    assertThat(entry.getLong(48)).as("size").isEqualTo(LENGTH);
    assertThat(entry.getLong(72)).as("mtime").isEqualTo(MOUNTED_AT);
    assertThat(entry.getInt(100)).as("mode").isEqualTo(0100444);
    assertThat(entry.getInt(104)).as("nlink").isEqualTo(1);
    assertThat(entry.getInt(108)).as("uid").isEqualTo(1001);
    assertThat(entry.getInt(112)).as("gid").isEqualTo(1002);
  }

  @Test
  void allocatedSectorsLeaveHolesOut() {
    // Of blocks 0..10 numbers 3 and 8 are zeros; the last has 1234 bytes: 3 sectors.
    long sectors = ask(KernelRequest.lookUp(ROOT, "debian")).body().getLong(56);
    assertThat(sectors).isEqualTo(8L * BLOCK / 512 + 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"debia", "debian2", "Debian", "", "..", "debian/"})
  void lookUpFindsNoOtherName(String name) {
    assertThat(ask(KernelRequest.lookUp(ROOT, name)).error()).isEqualTo(-ErrorCode.ENOENT);
  }

  @Test
  void nameWithoutItsZeroByteIsNotFound() {
    byte[] request = KernelRequest.of(1, ROOT, "debian".getBytes(StandardCharsets.UTF_8));
    assertThat(ask(request).error()).isEqualTo(-ErrorCode.ENOENT);
  }

  @Test
  void attributesOfTheDirectory() {
    ByteBuffer attributes = ask(KernelRequest.of(3, ROOT, new byte[16])).body();
    assertThat(attributes.capacity()).isEqualTo(104);
    assertThat(attributes.getLong(0)).as("attr_valid").isEqualTo(31_536_000);
    assertThat(attributes.getInt(16 + 60)).as("mode").isEqualTo(0040555);
    assertThat(attributes.getInt(16 + 64)).as("nlink").isEqualTo(2);
  }

  @Test
  void unknownNodeIsStale() {
    assertThat(ask(KernelRequest.of(3, 99, new byte[16])).error()).isEqualTo(-ErrorCode.ESTALE);
    assertThat(ask(KernelRequest.read(99, 0, 1)).error()).isEqualTo(-ErrorCode.ESTALE);
  }

  @Test
  void openKeepsTheKernelsCache() {
    ScriptedDevice.Answer answer = ask(KernelRequest.open(FILE, 0100000));
    assertThat(answer.error()).isZero();
    assertThat(answer.body().getInt(8)).as("FOPEN_KEEP_CACHE").isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 0101001})
  void openForWritingIsRefused(int flags) {
    assertThat(ask(KernelRequest.open(FILE, flags)).error()).isEqualTo(-ErrorCode.EROFS);
  }

  @Test
  void readAcrossSlotsZerosAndRoomGivesTheBytes() {
    int position = 2 * BLOCK + 17;
    ScriptedDevice.Answer answer = ask(KernelRequest.read(FILE, position, 9 * BLOCK));
    assertThat(answer.bodyBytes()).isEqualTo(Arrays.copyOfRange(plain, position, LENGTH));
  }

  @Test
  void readPastTheEndIsCut() {
    assertThat(ask(KernelRequest.read(FILE, LENGTH - 5, 4096)).bodyLength()).isEqualTo(5);
    assertThat(ask(KernelRequest.read(FILE, LENGTH, 4096)).bodyLength()).isZero();
    assertThat(ask(KernelRequest.read(FILE, Long.MAX_VALUE, 4096)).bodyLength()).isZero();
  }

  @Test
  void readLongerThanAReplyIsRefusedNotCut() {
    assertThat(ask(KernelRequest.read(FILE, 0, Reply.MAX_BYTES + 1)).error())
        .isEqualTo(-ErrorCode.EINVAL);
  }

  @Test
  void readAtANegativePositionIsRefused() {
    assertThat(ask(KernelRequest.read(FILE, -1, 1)).error()).isEqualTo(-ErrorCode.EINVAL);
    assertThat(ask(KernelRequest.read(FILE, 0, -1)).error()).isEqualTo(-ErrorCode.EINVAL);
  }

  @Test
  void readOfTheDirectoryIsRefused() {
    assertThat(ask(KernelRequest.read(ROOT, 0, 1)).error()).isEqualTo(-ErrorCode.EISDIR);
  }

  @Test
  void unreadableBlockGivesEioAndLeavesTheRest() {
    disk.withoutBlock(1);
    assertThat(ask(KernelRequest.read(FILE, 0, 2 * BLOCK)).error()).isEqualTo(-ErrorCode.EIO);
    assertThat(ask(KernelRequest.read(FILE, 0, BLOCK)).bodyBytes())
        .isEqualTo(Arrays.copyOf(plain, BLOCK));
  }

  @Test
  void directoryListsItsThreeEntries() {
    assertThat(names(ask(KernelRequest.list(28, ROOT, 0, 4096)).body(), 0))
        .containsExactly(".", "..", "debian");
    assertThat(names(ask(KernelRequest.list(44, ROOT, 0, 4096)).body(), 128))
        .containsExactly(".", "..", "debian");
  }

  @Test
  void directoryGoesOnWhereItStopped() {
    ByteBuffer first = ask(KernelRequest.list(28, ROOT, 0, 40)).body();
    assertThat(names(first, 0)).containsExactly(".");
    long next = first.getLong(8);
    assertThat(names(ask(KernelRequest.list(28, ROOT, next, 4096)).body(), 0))
        .containsExactly("..", "debian");
    assertThat(ask(KernelRequest.list(28, ROOT, 3, 4096)).bodyLength()).isZero();
  }

  private static List<String> names(ByteBuffer entries, int entryOutBytes) {
    List<String> names = new ArrayList<>();
    for (int at = 0; at < entries.capacity(); ) {
      int length = entries.getInt(at + entryOutBytes + 16);
      byte[] name = new byte[length];
      entries.get(at + entryOutBytes + 24, name);
      names.add(new String(name, StandardCharsets.UTF_8));
      at += entryOutBytes + ((24 + length + 7) & ~7);
    }
    return names;
  }

  @Test
  void seekFindsDataAndHoles() {
    assertThat(ask(KernelRequest.seek(FILE, 5, 3)).body().getLong(0)).isEqualTo(5);
    assertThat(ask(KernelRequest.seek(FILE, 5, 4)).body().getLong(0)).isEqualTo(3 * BLOCK);
    assertThat(ask(KernelRequest.seek(FILE, 3 * BLOCK + 9, 3)).body().getLong(0))
        .isEqualTo(4 * BLOCK);
    assertThat(ask(KernelRequest.seek(FILE, 9 * BLOCK, 4)).body().getLong(0)).isEqualTo(LENGTH);
  }

  @Test
  void seekBeyondTheEndFindsNothing() {
    assertThat(ask(KernelRequest.seek(FILE, LENGTH, 3)).error()).isEqualTo(-ErrorCode.ENXIO);
    assertThat(ask(KernelRequest.seek(FILE, -1, 4)).error()).isEqualTo(-ErrorCode.ENXIO);
    assertThat(ask(KernelRequest.seek(FILE, 0, 0)).error()).isEqualTo(-ErrorCode.EINVAL);
  }

  @Test
  void fileSystemIsFull() {
    ByteBuffer statistics = ask(KernelRequest.of(17, ROOT)).body();
    assertThat(statistics.capacity()).isEqualTo(80);
    assertThat(statistics.getLong(0)).as("blocks").isEqualTo((LENGTH + 4095) / 4096);
    assertThat(statistics.getLong(8)).as("bfree").isZero();
    assertThat(statistics.getInt(44)).as("namelen").isEqualTo(255);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6, 8, 9, 10, 11, 12, 13, 16, 21, 24, 35, 43, 45, 47, 51})
  void whateverWritesIsRefusedAsReadOnly(int opcode) {
    assertThat(ask(KernelRequest.of(opcode, FILE, new byte[64])).error())
        .isEqualTo(-ErrorCode.EROFS);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 22, 23, 25, 30, 31, 36, 37, 39, 40, 48, 50, 52, 63, 64, 4096, -1})
  void whatIsNotThereSaysSo(int opcode) {
    assertThat(ask(KernelRequest.of(opcode, FILE, new byte[64])).error())
        .isEqualTo(-ErrorCode.ENOSYS);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 41, 42})
  void whatWantsNoAnswerGetsNone(int opcode) {
    assertThat(
            new ScriptedDevice()
                .asks(KernelRequest.of(opcode, FILE, new byte[64]))
                .askAll(files, disk.newReply()))
        .isEmpty();
  }
}
