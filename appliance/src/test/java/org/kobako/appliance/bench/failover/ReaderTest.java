package org.kobako.appliance.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;

/** That there was no error and no wrong byte counts for nothing unless either would be seen. */
class ReaderTest {
  private static final int BLOCK = 128 << 10;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path temp;

  private Path disk = Path.of("unset");

  @BeforeEach
  void writeADisk() throws IOException {
    disk = temp.resolve("disk");
    KnownDisk.write(disk);
  }

  @Test
  void everyReadWithAWrongByteIsCounted() throws Exception {
    overwrite(5 * BLOCK - 1);
    overwrite(7 * BLOCK);
    try (Reader reader = Reader.sequential(disk)) {
      Peer.await("all is read", PATIENCE, () -> reader.readBytes() >= KnownDisk.LENGTH_BYTES);
      assertThat(reader.wrong()).isGreaterThanOrEqualTo(2);
      assertThat(reader.errors()).isZero();
    }
  }

  @Test
  void aReadThatFailsIsCountedAndTheNextOneGoesOn() throws Exception {
    try (FileChannel file = FileChannel.open(disk, StandardOpenOption.WRITE)) {
      file.truncate(2 * BLOCK);
    }
    try (Reader reader = Reader.sequential(disk)) {
      Peer.await("reads fail", PATIENCE, () -> reader.errors() >= 2);
      assertThat(reader.readBytes()).isEqualTo(2 * BLOCK);
      assertThat(reader.wrong()).isZero();
    }
  }

  @Test
  void randomReadsFindASoundDiskSound() throws Exception {
    try (Reader reader = Reader.random(disk)) {
      Peer.await("much is read", PATIENCE, () -> reader.readBytes() >= 100 * BLOCK);
      assertThat(reader.wrong()).isZero();
      assertThat(reader.errors()).isZero();
      assertThat(reader.longestNs()).isPositive();
    }
  }

  /** Turns over a byte. */
  private void overwrite(long offset) throws IOException {
    try (FileChannel file =
        FileChannel.open(disk, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      file.read(one, offset);
      one.put(0, (byte) ~one.get(0)).flip();
      file.write(one, offset);
    }
  }
}
