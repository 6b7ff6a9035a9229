package org.kobako.tftp;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Whatever a datagram holds: it is parsed, its name stays below, its terms keep to the limits. */
class RequestFuzzTest {
  private static final Path FOLDER = Path.of("/boot-files");
  private static final long LENGTH_BYTES = 123_456_789;

  @FuzzTest(maxDuration = "60s")
  void everyDatagramIsParsed(FuzzedDataProvider data) {
    ByteBuffer packet = ByteBuffer.wrap(data.consumeRemainingAsBytes());
    if (!(Request.parse(packet) instanceof Request.Read read)) {
      return;
    }
    Path file = FOLDER.resolve(read.name().toString());
    if (!file.startsWith(FOLDER) || !file.normalize().equals(file) || file.equals(FOLDER)) {
      throw new AssertionError(read.name() + " leaves the folder of boot files");
    }
    TftpConfig limits = TftpConfig.defaults();
    Terms terms = Terms.of(read.options(), limits, LENGTH_BYTES);
    if (terms.packetBytes() < 8
        || terms.packetBytes() > limits.maxPacketBytes()
        || terms.windowPackets() < 1
        || terms.windowPackets() > limits.maxWindowPackets()) {
      throw new AssertionError("agreed to " + terms);
    }
    ByteBuffer oack = ByteBuffer.allocate(Packet.MAX_REQUEST_BYTES);
    terms.writeOptions(oack);
    if (terms.hasOptions() == (oack.position() == 2)) {
      throw new AssertionError(terms + " has an OACK of " + oack.position() + " bytes");
    }
  }

  @FuzzTest(maxDuration = "60s")
  void noSequenceOfAcksSendsWhatIsNotThere(FuzzedDataProvider data) {
    Options asked =
        new Options(data.consumeInt(8, 1468), data.consumeInt(0, 64), 0, data.consumeBoolean());
    Terms terms = Terms.of(asked, TftpConfig.defaults(), data.consumeLong(0, 200_000));
    Transfer transfer = new Transfer(terms, TftpConfig.defaults(), 0);
    long nowNs = 0;
    while (data.remainingBytes() > 0 && !transfer.isOver()) {
      long number = transfer.next(nowNs);
      if (number > terms.packets() || number >= 1 && terms.lengthOf(number) < 0) {
        throw new AssertionError(number + " of " + terms.packets() + " is sent");
      }
      nowNs += data.consumeInt(0, 2_000_000_000);
      transfer.tick(nowNs);
      transfer.ack(data.consumeInt(0, 0xffff), nowNs);
    }
  }
}
