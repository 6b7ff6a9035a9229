package org.kobako.dhcp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.kobako.boot.plan.Notices;
import org.kobako.dhcp.lease.GroupCommit;
import org.kobako.dhcp.lease.LeaseLog;
import org.kobako.dhcp.packet.DhcpPacket;
import org.kobako.dhcp.service.Answer;
import org.kobako.dhcp.service.Arrival;
import org.kobako.dhcp.service.Destination;
import org.kobako.dhcp.service.LeaseService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lease service with its file: decides, writes down, then lets ACKs go. */
final class Leases implements GroupCommit.Outcome<Leases.Pending>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

  /** A lease on its way to the disk, and where its ACK goes then. */
  record Pending(Answer.Written written, InterfacePorts ports) {}

  private final Path file;
  private final LeaseService service;
  private final Notices notices;
  private final LeaseLog log;
  private final GroupCommit<Pending> commit;
  private final Thread writer;

  /**
   * Opens the lease file and brings its leases back.
   *
   * @throws IOException if it cannot be read or written
   */
  Leases(Path file, LeaseService service, Notices notices) throws IOException {
    this.file = file;
    this.service = service;
    this.notices = notices;
    try {
      this.log = LeaseLog.open(file, service::restore);
    } catch (IOException e) {
      throw new IOException(
          "dhcp: cannot open lease-file %s: %s; make its directory, or choose another"
              .formatted(file, e),
          e);
    }
    if (log.damagedLines() > 0) {
      LOG.warn("dhcp: {} lines of {} are damaged and left out", log.damagedLines(), file);
    }
    this.commit = new GroupCommit<>(log, it -> it.written().lease(), service::leases, this);
    this.writer = Thread.ofPlatform().name("dhcp-leases").daemon().unstarted(commit);
  }

  void start() {
    writer.start();
  }

  LeaseService service() {
    return service;
  }

  /** Decides, and passes on what must be written; in one step, so that the disk has their order. */
  Answer answer(DhcpPacket packet, Arrival arrival, InterfacePorts ports) {
    synchronized (service) {
      Answer answer = service.answer(packet, arrival);
      if (answer instanceof Answer.Written written) {
        write(written, ports);
      }
      return answer;
    }
  }

  /** Writes down what no request brought about. */
  void write(Answer.Written written, InterfacePorts ports) {
    synchronized (service) {
      if (!commit.add(new Pending(written, ports)) && written instanceof Answer.Grant grant) {
        service.undo(List.of(grant));
        notices.count("queue", "the disk is too slow for so many leases; machines ask again");
      }
    }
  }

  @Override
  public void onDurable(List<Pending> written) {
    for (Pending pending : written) {
      if (pending.written() instanceof Answer.Grant grant) {
        send(grant.ack(), pending.ports());
      }
    }
  }

  @Override
  public void onFailure(List<Pending> notWritten, IOException e) {
    notices.count(
        "disk " + e.getMessage(),
        "cannot write %s: %s; machines keep the leases they have, and no new one is given"
            .formatted(file, e.getMessage()));
    Map<Answer.Grant, InterfacePorts> portsOf = new IdentityHashMap<>();
    List<Answer.Grant> grants = new ArrayList<>();
    List<Answer.Grant> left;
    synchronized (service) {
      List<Pending> all = new ArrayList<>(notWritten);
      all.addAll(commit.takeAll()); // they build on those that failed
      for (Pending pending : all) {
        if (pending.written() instanceof Answer.Grant grant) {
          grants.add(grant);
          portsOf.put(grant, pending.ports());
        }
      }
      left = service.undo(grants);
    }
    for (Answer.Grant grant : left) {
      send(grant.ack(), Objects.requireNonNull(portsOf.get(grant)));
    }
  }

  private static void send(Answer.Reply reply, InterfacePorts ports) {
    ports.send(Destination.SERVER_PORT, reply.bytes(), reply.destination());
  }

  /** Writes what waits, and closes the file. */
  @Override
  public void close() {
    commit.close();
    try {
      if (writer.isAlive()) {
        writer.join();
      }
      log.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException nothingLost) {
      LOG.debug("dhcp: closing {}", file, nothingLost);
    }
  }
}
