package org.kobako.tftp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioDatagramAcceptor;
import org.jspecify.annotations.Nullable;
import org.kobako.boot.plan.BootFile;
import org.kobako.boot.plan.BootFiles;
import org.kobako.boot.plan.Notices;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From MINA's datagrams and the clock's ticks to transfers and back. */
final class TftpHandler extends IoHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(TftpHandler.class);

  private final TftpConfig config;
  private final BootFiles files;
  private final Transfers transfers;
  private final NioDatagramAcceptor acceptor;
  private final LongSupplier clockNs;
  private final Notices notices = new Notices(line -> LOG.warn("tftp: {}", line));

  /** The port that requests come to; 0 while nobody is answered. Guarded by the transfers. */
  private int requestPort;

  TftpHandler(
      TftpConfig config,
      BootFiles files,
      Transfers transfers,
      NioDatagramAcceptor acceptor,
      LongSupplier clockNs) {
    this.config = config;
    this.files = files;
    this.transfers = transfers;
    this.acceptor = acceptor;
    this.clockNs = clockNs;
  }

  void start(int requestPort) {
    synchronized (transfers) {
      this.requestPort = requestPort;
    }
  }

  /** After this no session is made, and no transfer runs. */
  void stop() {
    synchronized (transfers) {
      requestPort = 0;
      transfers.running().forEach(transfers::giveBack);
    }
  }

  @Override
  public void messageReceived(IoSession session, Object message) {
    ByteBuffer packet = ((IoBuffer) message).buf();
    synchronized (transfers) {
      TransferPort port = portOf(session);
      if (port != null) {
        progress(port, packet);
        return;
      }
      try {
        answerOnce(session, packet);
      } finally {
        session.closeNow();
      }
    }
  }

  /** A datagram that belongs to no transfer. */
  private void answerOnce(IoSession session, ByteBuffer packet) {
    InetSocketAddress remote = (InetSocketAddress) session.getRemoteAddress();
    // Port 0 is nobody's, and cannot be answered.
    if (requestPort == 0 || remote.getPort() == 0) {
      return;
    }
    if (localPort(session) == requestPort) {
      request(session, remote, packet);
    } else {
      refuseStranger(session, packet);
    }
  }

  private void request(IoSession session, InetSocketAddress remote, ByteBuffer packet) {
    switch (Request.parse(packet)) {
      case Request.Read read -> read(session, remote, read);
      case Request.Refused refused -> {
        LOG.debug("tftp: refused {}: {}", remote, refused.text());
        tell(session, refused.code(), refused.text());
      }
      case Request.Noise() -> {}
    }
  }

  private void read(IoSession session, InetSocketAddress remote, Request.Read read) {
    TransferPort earlier = transfers.with(remote);
    if (earlier != null && isRepetition(earlier, read)) {
      earlier.transfer().askedAgain();
      send(earlier);
      return;
    }
    if (earlier != null) {
      transfers.giveBack(earlier); // the machine was reset and uses the same port again
    }
    try {
      Optional<BootFile> file = files.open(read.name());
      if (file.isPresent()) {
        begin(remote, read, file.get());
      } else {
        // Firmware asks for names on trial: half a dozen misses belong to a good boot.
        LOG.debug("tftp: {} asked for {}, which is not there", remote, read.name());
        tell(session, ErrorCode.FILE_NOT_FOUND, "there is no boot file " + read.name());
      }
    } catch (IOException e) {
      notices.count("open", "cannot open " + read.name() + ": " + e + "; answered ERROR");
      tell(session, ErrorCode.UNDEFINED, "the file is there and cannot be opened");
    }
  }

  /**
   * Whether a request is the earlier one once more: the answer to it was lost or is late, or the
   * network doubled it. A machine that was reset asks again after a while at least.
   */
  private boolean isRepetition(TransferPort earlier, Request.Read read) {
    Transfer transfer = earlier.transfer();
    return earlier.request().equals(read)
        && (transfer.state() == Transfer.State.OPENING
            || clockNs.getAsLong() - transfer.lastProgressNs()
                < config.retransmitAfter().toNanos());
  }

  private void begin(InetSocketAddress remote, Request.Read read, BootFile file)
      throws IOException {
    TransferPort port = transfers.takeFor(remote.getAddress());
    if (port == null) {
      // No answer: an ERROR would end the boot, and so the machine asks again.
      notices.count("full", "all transfers are taken, and " + remote + " has to ask again");
      file.close();
      return;
    }
    long nowNs = clockNs.getAsLong();
    Terms terms = Terms.of(read.options(), config, file.lengthBytes());
    Transfer transfer = new Transfer(terms, config, nowNs);
    try {
      port.begin(acceptor.newSession(remote, port.local()), read, file, terms, transfer, nowNs);
    } catch (RuntimeException e) {
      transfers.giveBack(port);
      file.close();
      throw e;
    }
    send(port);
  }

  private void progress(TransferPort port, ByteBuffer packet) {
    switch (Packet.opcode(packet)) {
      case Packet.ACK -> {
        port.transfer().ack(Packet.number(packet), clockNs.getAsLong());
        send(port);
      }
      // edk2 asks for every file twice, and aborts the first time when it knows the size.
      case Packet.ERROR -> {
        LOG.debug("tftp: {} ended {}", port.machine(), port.request().name());
        transfers.giveBack(port);
      }
      default -> {}
    }
  }

  /** Sends what is due, and ends what is over. */
  private void send(TransferPort port) {
    try {
      port.send(clockNs.getAsLong());
    } catch (IOException e) {
      notices.count(
          "read", "cannot read " + port.request().name() + ": " + e + "; ended the transfer");
      transfers.giveBack(port);
      return;
    }
    if (port.isRunning() && port.transfer().isOver()) {
      logEnd(port);
      transfers.giveBack(port);
    }
  }

  private void logEnd(TransferPort port) {
    String story = port.story(clockNs.getAsLong());
    if (port.machine().getAddress().equals(port.local().getAddress())) {
      LOG.debug("tftp: the box itself ended {}", story); // its check comes every few seconds
    } else if (port.transfer().state() == Transfer.State.DONE) {
      LOG.info("tftp: {} has {}", port.machine().getAddress().getHostAddress(), story);
    } else {
      notices.count(
          "silent " + port.machine().getAddress(),
          port.machine() + " went silent in " + story + "; gave it up");
    }
  }

  /** RFC 1350 section 4: whose packet it is, is told, and the transfer on that port goes on. */
  private static void refuseStranger(IoSession session, ByteBuffer packet) {
    if (Packet.opcode(packet) != Packet.ERROR) {
      tell(session, ErrorCode.UNKNOWN_TRANSFER, "no transfer with you on this port");
    }
  }

  private static void tell(IoSession session, ErrorCode code, String text) {
    TransferPort.write(session, Packet.error(code, text));
  }

  /** The clock's tick: sends again what was not answered. */
  void tick() {
    synchronized (transfers) {
      for (TransferPort port : transfers.running()) {
        port.transfer().tick(clockNs.getAsLong());
        try {
          send(port);
        } catch (RuntimeException e) {
          fail(port, e);
        }
      }
    }
  }

  /** Goes on after the socket was full. */
  @Override
  public void messageSent(IoSession session, Object message) {
    synchronized (transfers) {
      TransferPort port = portOf(session);
      if (port != null) {
        send(port);
      }
    }
  }

  /** A packet that could not be sent is as good as lost on its way; anything else is our fault. */
  @Override
  public void exceptionCaught(IoSession session, Throwable cause) {
    synchronized (transfers) {
      TransferPort port = portOf(session);
      if (cause instanceof IOException) {
        notices.count(
            "send", "cannot send to " + session.getRemoteAddress() + ": " + cause + "; goes on");
      } else {
        fail(port, cause);
      }
    }
  }

  /** Our own fault, which costs the machine its transfer and the box nothing. */
  private void fail(@Nullable TransferPort port, Throwable cause) {
    notices.count("fault " + cause, "a packet was answered wrongly: " + cause + "; goes on");
    LOG.debug("tftp: where that happened", cause);
    if (port != null && port.isRunning()) {
      transfers.giveBack(port);
    }
  }

  private @Nullable TransferPort portOf(IoSession session) {
    return transfers.with(localPort(session), session.getRemoteAddress());
  }

  private static int localPort(IoSession session) {
    return ((InetSocketAddress) session.getLocalAddress()).getPort();
  }
}
