package org.kobako.dhcp.lease;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.packet.ClientId;

/**
 * A lease as a line of the lease file, for people and for us:
 *
 * <pre>
 * bound 10.0.0.100 52:54:00:12:34:56 - 2026-11-21T13:00:00Z 2026-11-21T14:00:00Z 8f0c1d2e
 * kind  address    MAC               | since                expires              CRC-32C of all before
 *                                    client identifier in hexadecimal, - for none
 * </pre>
 */
final class LeaseLine {
  private static final int FIELDS = 7;
  private static final String NO_ID = "-";

  private LeaseLine() {}

  /** Without the line's end. */
  static String format(Lease lease) {
    Client client = lease.client();
    String text =
        String.join(
            " ",
            lease.kind().name().toLowerCase(Locale.ROOT),
            lease.address().toString(),
            client.mac().toString(),
            client.id() == null ? NO_ID : client.id().toString(),
            Instant.ofEpochSecond(lease.since()).toString(),
            Instant.ofEpochSecond(lease.expires()).toString());
    return text + " " + crc(text);
  }

  /** Empty if the line is torn or damaged. */
  static Optional<Lease> parse(String line) {
    String[] fields = line.split(" ", -1);
    int textChars = line.lastIndexOf(' ');
    if (fields.length != FIELDS || !crc(line.substring(0, textChars)).equals(fields[6])) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Lease(
              Ipv4Address.of(fields[1]),
              new Client(
                  MacAddress.parse(fields[2]).orElseThrow(),
                  fields[3].equals(NO_ID) ? null : ClientId.ofHex(fields[3])),
              Lease.Kind.valueOf(fields[0].toUpperCase(Locale.ROOT)),
              Instant.parse(fields[4]).getEpochSecond(),
              Instant.parse(fields[5]).getEpochSecond()));
    } catch (IllegalArgumentException | DateTimeException | NoSuchElementException e) {
      return Optional.empty(); // written by somebody who can count a CRC, and nothing else
    }
  }

  private static String crc(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }
}
