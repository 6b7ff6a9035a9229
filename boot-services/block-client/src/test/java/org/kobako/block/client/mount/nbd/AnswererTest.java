package org.kobako.block.client.mount.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kobako.block.client.Disk;
import org.kobako.block.client.Reply;

/** From request to the bytes of the reply, without a socket. */
class AnswererTest {
  private static final int BLOCK = MemoryDisk.BLOCK_BYTES;
  private static final int DISK_BYTES = 40 << 20;
  private static final Agreement SIMPLE = new Agreement(false, false);
  private static final Agreement CHUNKS = new Agreement(true, true);

  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int FLUSH = 3;
  private static final int TRIM = 4;
  private static final int CACHE = 5;
  private static final int WRITE_ZEROES = 6;
  private static final int STATUS = 7;

  private static final int EPERM = 1;
  private static final int EIO = 5;
  private static final int EINVAL = 22;
  private static final int EOVERFLOW = 75;

  private final MemoryDisk disk =
      new MemoryDisk(DISK_BYTES).withHole(2, 3).withFaultyBlock(9).withFaultyBlock(600);
  private final Answerer answerer = new Answerer(disk);
  private final SentBytes sent = new SentBytes();
  private final Outlet outlet = new Outlet(sent);

  private DataInputStream answer(Agreement agreement, int type, int flags, long offset, int length)
      throws IOException {
    Request request = new Request();
    request.decode(Messages.request(type, flags, 7, offset, length));
    request.validate(DISK_BYTES, agreement);
    answerer.answer(request, agreement, outlet);
    return new DataInputStream(new ByteArrayInputStream(sent.take()));
  }

  private List<Chunk> chunks(int type, int flags, long offset, int length) throws IOException {
    DataInputStream in = answer(CHUNKS, type, flags, offset, length);
    List<Chunk> chunks = Chunk.readReply(in);
    assertThat(in.available()).as("bytes after the last chunk").isZero();
    assertThat(chunks).allMatch(chunk -> chunk.cookie() == 7);
    return chunks;
  }

  private int error(int type, int flags, long offset, int length) throws IOException {
    List<Chunk> chunks = chunks(type, flags, offset, length);
    assertThat(chunks).hasSize(1);
    assertThat(chunks.getFirst().type()).isEqualTo(ReplyLayout.TYPE_ERROR);
    return chunks.getFirst().errorCode();
  }

  private byte[] simple(int expectedError, DataInputStream in) throws IOException {
    assertThat(in.readInt()).isEqualTo(ReplyLayout.SIMPLE_MAGIC);
    assertThat(in.readInt()).isEqualTo(expectedError);
    assertThat(in.readLong()).isEqualTo(7);
    return in.readAllBytes();
  }

  @Test
  void oddRangeIsReadSimply() throws IOException {
    assertThat(simple(0, answer(SIMPLE, READ, 0, BLOCK - 1, 3 * BLOCK + 5)))
        .isEqualTo(disk.content(BLOCK - 1, 3 * BLOCK + 5));
  }

  @Test
  void longestReadIsSentSimplyInPieces() throws IOException {
    assertThat(simple(0, answer(SIMPLE, READ, 0, 10 * BLOCK, 16 << 20)))
        .isEqualTo(disk.content(10 * BLOCK, 16 << 20));
  }

  @Test
  void faultyFirstPieceIsAnErrorAndNothingElse() throws IOException {
    assertThat(simple(EIO, answer(SIMPLE, READ, 0, 9 * BLOCK, BLOCK))).isEmpty();
  }

  @Test
  void faultyLaterPieceOfASimpleReplyEndsTheConnection() {
    assertThatThrownBy(() -> answer(SIMPLE, READ, 0, 580 * BLOCK, 2 << 20))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no upstream has a sound copy of block 600");
  }

  @Test
  void readInChunksShowsHolesAsHoles() throws IOException {
    List<Chunk> chunks = chunks(READ, 0, BLOCK, 5 * BLOCK);
    assertThat(chunks)
        .extracting(Chunk::type)
        .containsExactly(
            ReplyLayout.TYPE_OFFSET_DATA,
            ReplyLayout.TYPE_OFFSET_HOLE,
            ReplyLayout.TYPE_OFFSET_DATA);
    assertThat(chunks.get(0).data()).isEqualTo(disk.content(BLOCK, BLOCK));
    assertThat(chunks.get(1).offset()).isEqualTo(2 * BLOCK);
    assertThat(chunks.get(1).holeLength()).isEqualTo(3 * BLOCK);
    assertThat(chunks.get(2).offset()).isEqualTo(5 * BLOCK);
  }

  @Test
  void longestReadComesInPiecesThatCoverIt() throws IOException {
    byte[] read = new byte[32 << 20];
    Arrays.fill(read, (byte) 1);
    long covered = 10 * BLOCK;
    for (Chunk chunk : chunks(READ, 0, 10 * BLOCK, 30 << 20)) {
      assertThat(chunk.offset()).isEqualTo(covered);
      covered += chunk.data().length;
      System.arraycopy(
          chunk.data(), 0, read, (int) chunk.offset() - 10 * BLOCK, chunk.data().length);
    }
    assertThat(Arrays.copyOf(read, 30 << 20)).isEqualTo(disk.content(10 * BLOCK, 30 << 20));
  }

  @Test
  void faultAfterDataIsAnErrorAtItsOffset() throws IOException {
    List<Chunk> chunks = chunks(READ, 0, 580L * BLOCK, 2 << 20);
    assertThat(chunks.getFirst().data()).isEqualTo(disk.content(580 * BLOCK, 1 << 20));
    assertThat(chunks.getLast().type()).isEqualTo(ReplyLayout.TYPE_ERROR_OFFSET);
    assertThat(chunks.getLast().errorCode()).isEqualTo(EIO);
    assertThat(chunks.getLast().errorOffset()).isEqualTo(596 * BLOCK);
    assertThat(chunks.getLast().errorMessage())
        .isEqualTo("no upstream has a sound copy of block 600");
  }

  @Test
  void unfragmentedReadIsOneChunkOfDataEvenOverHoles() throws IOException {
    List<Chunk> chunks = chunks(READ, Request.FLAG_DF, BLOCK, 5 * BLOCK);
    assertThat(chunks).hasSize(1);
    assertThat(chunks.getFirst().data()).isEqualTo(disk.content(BLOCK, 5 * BLOCK));
  }

  @Test
  void unfragmentedReadLongerThanAPieceOverflows() throws IOException {
    assertThat(error(READ, Request.FLAG_DF, 0, Answerer.MAX_PIECE_BYTES + 1)).isEqualTo(EOVERFLOW);
  }

  @Test
  void readOfNothingSucceeds() throws IOException {
    assertThat(simple(0, answer(SIMPLE, READ, 0, DISK_BYTES, 0))).isEmpty();
    assertThat(chunks(READ, 0, DISK_BYTES, 0).getFirst().type()).isEqualTo(ReplyLayout.TYPE_NONE);
  }

  @Test
  void rangesBeyondTheEndAreInvalid() throws IOException {
    for (int command : new int[] {READ, CACHE, STATUS}) {
      assertThat(error(command, 0, DISK_BYTES - 1, 2)).isEqualTo(EINVAL);
      assertThat(error(command, 0, DISK_BYTES + 1, 0)).isEqualTo(EINVAL);
      assertThat(error(command, 0, -1, 1)).isEqualTo(EINVAL);
      assertThat(error(command, 0, Long.MAX_VALUE, -1)).isEqualTo(EINVAL);
      assertThat(error(command, 0, 0, -1)).isEqualTo(EINVAL);
    }
    assertThat(simple(EINVAL, answer(SIMPLE, READ, 0, DISK_BYTES - 1, 2))).isEmpty();
  }

  @Test
  void readLongerThanTheLongestPayloadIsInvalid() throws IOException {
    assertThat(error(READ, 0, 0, (32 << 20) + 1)).isEqualTo(EINVAL);
  }

  @Test
  void flagsThatDoNotBelongAreInvalid() throws IOException {
    assertThat(error(READ, Request.FLAG_REQ_ONE, 0, 1)).isEqualTo(EINVAL);
    assertThat(error(STATUS, Request.FLAG_DF, 0, 1)).isEqualTo(EINVAL);
    assertThat(error(READ, 1 << 15, 0, 1)).isEqualTo(EINVAL);
    assertThat(simple(EINVAL, answer(SIMPLE, READ, Request.FLAG_DF, 0, 1))).isEmpty();
  }

  @Test
  void whateverWritesIsNotPermitted() throws IOException {
    for (int command : new int[] {WRITE, TRIM, WRITE_ZEROES}) {
      assertThat(error(command, 0, 0, 512)).isEqualTo(EPERM);
      assertThat(simple(EPERM, answer(SIMPLE, command, 0, 0, 512))).isEmpty();
    }
  }

  @Test
  void unknownCommandIsInvalid() throws IOException {
    assertThat(error(8, 0, 0, 0)).isEqualTo(EINVAL);
    assertThat(error(0xffff, 0, 0, 0)).isEqualTo(EINVAL);
  }

  @Test
  void flushSucceeds() throws IOException {
    assertThat(chunks(FLUSH, 0, 0, 0).getFirst().type()).isEqualTo(ReplyLayout.TYPE_NONE);
    assertThat(simple(0, answer(SIMPLE, FLUSH, 0, 0, 0))).isEmpty();
  }

  @Test
  void cacheReadsAheadAndTellsWhatItCannotRead() throws IOException {
    assertThat(chunks(CACHE, 0, 20 * BLOCK, 20 * BLOCK).getFirst().type())
        .isEqualTo(ReplyLayout.TYPE_NONE);
    assertThat(disk.bytesRead()).isEqualTo(20 * BLOCK);
    assertThat(error(CACHE, 0, 0, 20 * BLOCK)).isEqualTo(EIO);
  }

  @Test
  void blockStatusTellsHolesFromData() throws IOException {
    ByteBuffer status = chunks(STATUS, 0, BLOCK + 10, 10 * BLOCK).getFirst().payload();
    assertThat(status)
        .isEqualTo(
            ByteBuffer.allocate(4 + 3 * 8)
                .putInt(ReplyLayout.ALLOCATION_CONTEXT)
                .putInt(BLOCK - 10)
                .putInt(0)
                .putInt(3 * BLOCK)
                .putInt(3)
                .putInt(6 * BLOCK + 10)
                .putInt(0)
                .flip());
  }

  @Test
  void blockStatusOfOneExtentIsOneExtent() throws IOException {
    ByteBuffer status =
        chunks(STATUS, Request.FLAG_REQ_ONE, BLOCK, 10 * BLOCK).getFirst().payload();
    assertThat(status.capacity()).isEqualTo(4 + 8);
    assertThat(status.getInt(4)).isEqualTo(BLOCK);
  }

  @Test
  void blockStatusOfManyExtentsIsCutWhereItsRoomEnds() throws IOException {
    Request request = new Request();
    request.decode(Messages.request(STATUS, 0, 7, 0, 3000 * BLOCK));
    request.validate(Integer.MAX_VALUE, CHUNKS);
    new Answerer(new Sieve()).answer(request, CHUNKS, outlet);
    Chunk chunk = Chunk.read(new DataInputStream(new ByteArrayInputStream(sent.take())));
    assertThat(chunk.payload().capacity()).isEqualTo(4 + ReplyLayout.MAX_EXTENTS * 8);
  }

  @Test
  void blockStatusIsInvalidWhereItWasNotAgreedOnOrAsksForNothing() throws IOException {
    assertThat(simple(EINVAL, answer(SIMPLE, STATUS, 0, 0, BLOCK))).isEmpty();
    assertThat(error(STATUS, 0, 0, 0)).isEqualTo(EINVAL);
  }

  @Test
  void socketThatTakesLittleAtATimeGetsItAll() throws IOException {
    sent.takeAtMost(1000);
    assertThat(simple(0, answer(SIMPLE, READ, 0, 100, 5 * BLOCK)))
        .isEqualTo(disk.content(100, 5 * BLOCK));
  }

  /** Every other block is a hole. */
  private static final class Sieve implements Disk {
    @Override
    public String name() {
      return "sieve";
    }

    @Override
    public long lengthBytes() {
      return Integer.MAX_VALUE;
    }

    @Override
    public int blockSizeBytes() {
      return BLOCK;
    }

    @Override
    public boolean isHole(long offset) {
      return offset / BLOCK % 2 == 0;
    }

    @Override
    public long runEnd(long offset) {
      return (offset / BLOCK + 1) * BLOCK;
    }

    @Override
    public Reply newReply() {
      return new Reply(0, null, slot -> {});
    }

    @Override
    public void read(long offset, int length, Reply reply) throws IOException {
      throw new IOException("a sieve holds nothing");
    }
  }
}
