package org.kobako.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;

/** The server on the wire, packet by packet. */
class TftpServerTest {
  private static final Duration A_WHILE = Duration.ofMillis(300);
  private static final int MAX_TRANSFERS = 4;

  @TempDir Path folder;

  private TestBox box;
  private final List<TestMachine> machines = new ArrayList<>();
  private TestMachine machine;

  @BeforeEach
  void serve() throws IOException {
    box = new TestBox(folder, TestBox.config(MAX_TRANSFERS, Duration.ofSeconds(2)));
    machine = newMachine();
  }

  @AfterEach
  void stop() {
    machines.forEach(TestMachine::close);
    box.close();
    assertThat(box.files().openCount()).isZero();
  }

  private TestMachine newMachine() throws IOException {
    TestMachine added = new TestMachine(box);
    machines.add(added);
    return added;
  }

  @Test
  void theBoxKnowsItsOwnFileWhenItReadsIt() throws IOException {
    byte[] own = box.files().make("own", 40);

    box.check("own", own);
    assertThatThrownBy(() -> box.check("own", new byte[40]))
        .hasMessage("another server answers on port " + box.port());
    assertThatThrownBy(() -> box.check("none", own)).hasMessageContaining("is no data");
  }

  /** A machine at an address of its own. */
  private TestMachine newMachineAt(int lastByte) throws IOException {
    TestMachine added =
        new TestMachine(box, InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) lastByte}));
    machines.add(added);
    return added;
  }

  private static void assertError(ErrorCode code, TestMachine.Received received) {
    assertThat(received.opcode()).isEqualTo(Packet.ERROR);
    assertThat(received.number()).isEqualTo(code.number());
  }

  private static void assertData(int number, TestMachine.Received received) {
    assertThat(received.opcode()).isEqualTo(Packet.DATA);
    assertThat(received.number()).isEqualTo(number);
  }

  @Test
  void aFileOfAMultipleOfThePacketSizeEndsWithAnEmptyPacket() throws IOException {
    byte[] bytes = box.files().make("x", 1024);
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    machine.ask("x");
    for (int number = 1; number <= 3; number++) {
      TestMachine.Received data = machine.receive();
      assertData(number, data);
      got.writeBytes(data.rest());
      machine.ack(number);
    }
    assertThat(got.toByteArray()).isEqualTo(bytes);
    assertThat(machine.hearsNothingFor(A_WHILE)).isTrue();
  }

  @Test
  void everyTransferHasAPortOfItsOwn() throws IOException {
    box.files().make("x", 1024);
    machine.ask("x");
    machine.receive();
    TestMachine other = newMachine();
    other.ask("x");
    other.receive();
    assertThat(machine.transfer())
        .isNotEqualTo(other.transfer())
        .isNotEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), box.port()));
  }

  @Test
  void optionsAreAnsweredAndThenKept() throws IOException {
    box.files().make("x", 100_000);
    machine.ask("x", "tsize", "0", "blksize", "1468", "windowsize", "4", "multicast", "");
    assertThat(machine.receive().options())
        .isEqualTo(Map.of("tsize", "100000", "blksize", "1468", "windowsize", "4"));
    machine.ack(0);
    for (int number = 1; number <= 4; number++) {
      TestMachine.Received data = machine.receive();
      assertData(number, data);
      assertThat(data.rest()).hasSize(1468);
    }
    machine.abort();
    assertThat(machine.hearsNothingFor(A_WHILE)).isTrue();
  }

  /** edk2 does so with every file. */
  @Test
  void aSizeProbeIsAbortedAndTheFileAskedForAgain() throws IOException {
    box.files().make("x", 100);
    machine.ask("x", "tsize", "0", "blksize", "1468", "windowsize", "4");
    assertThat(machine.receive().options()).containsEntry("tsize", "100");
    machine.abort();
    TestMachine again = newMachine();
    again.ask("x", "tsize", "0", "blksize", "1468", "windowsize", "4");
    again.receive();
    again.ack(0);
    assertData(1, again.receive());
    again.ack(1);
    assertThat(machine.hearsNothingFor(A_WHILE)).isTrue();
  }

  @Test
  void aStrangerIsRefusedAndTheTransferGoesOn() throws IOException {
    box.files().make("x", 1024);
    machine.ask("x");
    assertData(1, machine.receive());
    TestMachine stranger = newMachineAt(7);
    stranger.intrudeInto(machine);
    stranger.ack(1);
    assertError(ErrorCode.UNKNOWN_TRANSFER, stranger.receive());
    stranger.abort();
    assertThat(stranger.hearsNothingFor(A_WHILE)).isTrue();
    machine.ack(1);
    TestMachine.Received data = machine.receive();
    while (data.number() == 1) { // sent again meanwhile
      data = machine.receive();
    }
    assertData(2, data);
  }

  @Test
  void aMissingFileIsNotFound() throws IOException {
    machine.ask("missing");
    TestMachine.Received error = machine.receive();
    assertError(ErrorCode.FILE_NOT_FOUND, error);
    assertThat(error.text()).isEqualTo("there is no boot file missing");
  }

  @Test
  void aFileThatShrinksEndsTheTransferWithAnError() throws IOException {
    box.files().make("x", 10_000);
    machine.ask("x");
    assertData(1, machine.receive());
    try (RandomAccessFile file = new RandomAccessFile(box.files().path("x").toFile(), "rw")) {
      file.setLength(600);
    }
    machine.ack(1);
    assertError(ErrorCode.UNDEFINED, machine.receive());
    Peer.await("the file is closed", Duration.ofSeconds(1), () -> box.files().openCount() == 0);
  }

  @Test
  void rubbishIsSurvivedAndLeavesNothingBehind() throws IOException {
    box.files().make("x", 10);
    for (int length = 0; length < 600; length += 7) {
      machine.sendToBox(new byte[length]);
      machine.sendToBox(Arrays.copyOf(TestMachine.request(Packet.RRQ, "missing"), length));
    }
    newMachine().ask("x");
    Peer.await(
        "the rubbish is read, and one transfer is left",
        Duration.ofSeconds(5),
        () -> box.files().openCount() == 1 && box.sessionCount() == 1);
  }

  @Test
  void aSilentMachineIsGivenUpAndItsFileClosed() throws IOException {
    box.files().make("x", 10_000);
    machine.ask("x");
    assertData(1, machine.receive());
    machine.ack(1);
    assertData(2, machine.receive());
    Peer.await("the file is closed", Duration.ofSeconds(20), () -> box.files().openCount() == 0);
  }

  @Test
  void aRequestThatIsRepeatedIsOneTransfer() throws IOException {
    box.files().make("x", 10_000);
    machine.ask("x");
    assertData(1, machine.receive());
    machine.ask("x");
    assertData(1, machine.receive());
    assertThat(box.files().openCount()).isEqualTo(1);
  }

  @Test
  void aMachineThatWasResetMayUseItsPortAgain() throws IOException {
    box.files().make("x", 10_000);
    box.files().make("y", 10_000);
    machine.ask("x");
    assertData(1, machine.receive());
    machine.ack(1);
    assertData(2, machine.receive());
    machine.ask("y");
    assertData(1, machine.receive());
    assertThat(box.files().openCount()).isEqualTo(1);
  }

  @Test
  void aFloodOfRequestsThatNobodyAnswersKeepsNoMachineOut() throws IOException {
    box.files().make("x", 1024);
    for (int i = 1; i <= 100; i++) {
      newMachineAt(i).ask("x");
    }
    Peer.await(
        "the flood is taken in",
        Duration.ofSeconds(5),
        () -> box.files().openCount() == MAX_TRANSFERS);
    machine.ask("x");
    assertData(1, machine.receive());
    machine.ack(1);
    assertData(2, machine.receive());
    assertThat(box.files().openCount()).isEqualTo(MAX_TRANSFERS);
  }

  @Test
  void whoIsAnsweredKeepsItsTransferAndOthersAskAgain() throws IOException {
    box.files().make("x", 1024);
    for (int i = 1; i <= MAX_TRANSFERS; i++) {
      TestMachine early = newMachineAt(i);
      early.ask("x");
      assertData(1, early.receive());
      early.ack(1);
      assertData(2, early.receive());
    }
    machine.ask("x");
    assertThat(machine.hearsNothingFor(A_WHILE)).isTrue();
    machines.get(1).abort();
    Peer.await(
        "one has ended", Duration.ofSeconds(5), () -> box.files().openCount() < MAX_TRANSFERS);
    machine.ask("x");
    assertData(1, machine.receive());
  }

  @Test
  void nobodyIsAnsweredBeforeStart() throws IOException {
    TftpServer server = new TftpServer(TestBox.config(), box.files());
    try {
      server.bind();
      try (DatagramSocket taken = new DatagramSocket(null)) {
        assertThatThrownBy(() -> taken.bind(server.address())).isInstanceOf(IOException.class);
      }
    } finally {
      server.close();
    }
  }

  @Test
  void aPortInUseIsRefusedWithTheReason() throws IOException {
    TftpConfig config = TestBox.config();
    TftpConfig same =
        new TftpConfig(
            config.listenAddress(),
            box.port(),
            0,
            config.maxTransfers(),
            config.maxTransfersPerMachine(),
            config.maxPacketBytes(),
            config.maxWindowPackets(),
            config.retransmitAfter(),
            config.giveUpAfter());
    try (TftpServer server = new TftpServer(same, box.files())) {
      assertThatThrownBy(server::bind)
          .hasMessage(
              "tftp: cannot take UDP port "
                  + box.port()
                  + " of 127.0.0.1: Address already in use; end the server that has it, or choose"
                  + " another port");
    }
  }

  @Test
  void transfersKeepToTheirRangeOfPorts() throws IOException {
    TftpConfig config = TestBox.config();
    TftpConfig ranged =
        new TftpConfig(
            config.listenAddress(),
            0,
            23_400,
            3,
            3,
            1468,
            4,
            config.retransmitAfter(),
            config.giveUpAfter());
    try (TestBox other = new TestBox(folder, ranged)) {
      other.files().make("x", 10_000);
      for (int i = 0; i < 6; i++) {
        try (TestMachine asking = new TestMachine(other)) {
          asking.ask("x");
          assertData(1, asking.receive());
          assertThat(((InetSocketAddress) asking.transfer()).getPort()).isBetween(23_400, 23_402);
        }
      }
    }
  }
}
