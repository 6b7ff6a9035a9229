package org.kobako.tftp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.IoSessionRecycler;
import org.jspecify.annotations.Nullable;

/**
 * The ports for transfers, and who may have one.
 *
 * <p>It is MINA's session recycler as well: MINA keeps a session for as long as a transfer runs,
 * and no longer than one datagram for everybody else. MINA holds this object's monitor while it
 * asks, and so does everyone who changes a transfer: there is no other lock.
 */
final class Transfers implements IoSessionRecycler {
  private final int maxPerMachine;
  private final Map<Integer, TransferPort> ports = new HashMap<>();

  /** The longest unused first, so that a straggler of an old transfer rarely meets a new one. */
  private final ArrayDeque<TransferPort> free = new ArrayDeque<>();

  Transfers(int maxPerMachine) {
    this.maxPerMachine = maxPerMachine;
  }

  /** A port that was bound for a transfer. */
  synchronized void add(InetSocketAddress local) {
    TransferPort port = new TransferPort(local);
    ports.put(local.getPort(), port);
    free.add(port);
  }

  /** The transfer on a port with a machine's port, if there is one. */
  synchronized @Nullable TransferPort with(int localPort, SocketAddress remote) {
    TransferPort port = ports.get(localPort);
    return port != null && port.isWith(remote) ? port : null;
  }

  /** The transfer with a machine's port, whichever of ours it has. */
  synchronized @Nullable TransferPort with(SocketAddress remote) {
    for (TransferPort port : ports.values()) {
      if (port.isWith(remote)) {
        return port;
      }
    }
    return null;
  }

  synchronized Iterable<TransferPort> running() {
    return ports.values().stream().filter(TransferPort::isRunning).toList();
  }

  /**
   * A free port for a machine, which is then the caller's to begin on or to {@link #giveBack}. When
   * all are taken, or the machine has as many as one may have, the transfer that has waited longest
   * for its first ACK is dropped: a machine that is there answers long before that. One that was
   * answered is never dropped.
   *
   * @return null if all are answered
   */
  synchronized @Nullable TransferPort takeFor(InetAddress machine) {
    int ofMachine = 0;
    TransferPort oldest = null;
    TransferPort oldestOfMachine = null;
    for (TransferPort port : running()) {
      boolean same = port.machine().getAddress().equals(machine);
      ofMachine += same ? 1 : 0;
      if (port.transfer().state() == Transfer.State.OPENING) {
        oldest = older(oldest, port);
        oldestOfMachine = same ? older(oldestOfMachine, port) : oldestOfMachine;
      }
    }
    if (ofMachine >= maxPerMachine) {
      return drop(oldestOfMachine);
    }
    return free.isEmpty() ? drop(oldest) : free.poll();
  }

  private static TransferPort older(@Nullable TransferPort a, TransferPort b) {
    return a == null || a.transfer().lastProgressNs() - b.transfer().lastProgressNs() > 0 ? b : a;
  }

  private static @Nullable TransferPort drop(@Nullable TransferPort port) {
    if (port != null) {
      port.end();
    }
    return port;
  }

  synchronized void giveBack(TransferPort port) {
    if (port.isRunning()) {
      port.end();
    }
    free.add(port);
  }

  @Override
  public synchronized @Nullable IoSession recycle(SocketAddress remote, int localPort) {
    TransferPort port = ports.get(localPort);
    return port == null ? null : port.sessionWith(remote);
  }

  /** A session becomes known when its transfer begins. */
  @Override
  public void put(IoSession session) {}

  /** A session is forgotten when its transfer ends. */
  @Override
  public void remove(IoSession session) {}
}
