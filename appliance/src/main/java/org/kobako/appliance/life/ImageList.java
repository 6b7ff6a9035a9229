package org.kobako.appliance.life;

import java.util.List;
import java.util.Optional;
import org.kobako.block.client.cli.Json;
import org.kobako.block.client.cli.Units;
import org.kobako.packer.Retention;
import org.kobako.packer.StoreListing;

/**
 * What a store holds, and who reads it.
 *
 * @param inUse what a box knows of its machines; empty where nobody was asked
 */
public record ImageList(StoreListing listing, Optional<List<Retention.InUse>> inUse) {
  /** Before each sentence about what cannot be read. */
  public static final String PROBLEM = "problem: ";

  /** A line for each version. */
  public String text() {
    int width = "IMAGE".length();
    for (StoreListing.Version version : listing.versions()) {
      width = Math.max(width, version.image().value().length());
    }
    String line = "%-" + width + "s  %8s  %7s  %7s  %7s  %s%s%n";
    String heading = inUse.isPresent() ? "MACHINES  " : "";
    StringBuilder text = new StringBuilder();
    text.append(
        line.formatted("IMAGE", "VERSION", "PLAIN", "STORED", "SHARED", heading, "SIGNED BY"));
    for (StoreListing.Version version : listing.versions()) {
      text.append(
          line.formatted(
              version.image(),
              (version.current() ? "* " : "") + version.version(),
              Units.roundSize(version.plainBytes()),
              Units.roundSize(version.storedBytes()),
              Units.roundSize(version.sharedBytes()),
              inUse.isPresent() ? "%8d  ".formatted(machinesOn(version)) : "",
              version.signer().orElse("nobody")));
    }
    text.append("%s of blocks%n".formatted(Units.roundSize(listing.storedBytes())));
    listing.problems().forEach(problem -> text.append(PROBLEM).append(problem).append('\n'));
    return text.toString();
  }

  private int machinesOn(StoreListing.Version version) {
    return inUse.orElse(List.of()).stream()
        .filter(use -> use.image().equals(version.image()) && use.version() == version.version())
        .mapToInt(Retention.InUse::machines)
        .sum();
  }

  /** All of it in a line. */
  public String json() {
    Json json = new Json().beginObject().name("versions").beginArray();
    for (StoreListing.Version version : listing.versions()) {
      json.beginObject()
          .name("image")
          .value(version.image().value())
          .name("version")
          .value(version.version())
          .name("current")
          .value(version.current())
          .name("plain-bytes")
          .value(version.plainBytes())
          .name("stored-bytes")
          .value(version.storedBytes())
          .name("shared-bytes")
          .value(version.sharedBytes())
          .name("signed-by")
          .value(version.signer().orElse(""));
      if (inUse.isPresent()) {
        json.name("machines").value(machinesOn(version));
      }
      json.endObject();
    }
    json.endArray().name("stored-bytes").value(listing.storedBytes());
    json.name("problems").beginArray();
    listing.problems().forEach(json::value);
    return json.endArray().endObject().toString();
  }
}
