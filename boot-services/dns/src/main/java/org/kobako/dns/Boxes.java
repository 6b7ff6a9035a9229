package org.kobako.dns;

import java.net.InetAddress;
import java.util.List;
import org.kobako.dns.balance.Disk;

/** Whom the room's names lead to, now. Asked by the DNS's own thread. */
public interface Boxes {
  /** The addresses where a disk is, the best box's first. */
  List<InetAddress> of(Disk disk);

  /** The addresses of one box; empty if it is not there. */
  List<InetAddress> of(String box);

  /** The names of all that are there. */
  List<String> names();
}
