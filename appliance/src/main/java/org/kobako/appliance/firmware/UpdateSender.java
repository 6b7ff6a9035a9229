package org.kobako.appliance.firmware;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.kobako.appliance.remote.BoxConnection;
import org.kobako.appliance.remote.FileBody;
import org.kobako.block.client.fetch.UpstreamUrl;

/**
 * Sends an update file to a box: PUT, with the body when the box has said that it wants it (RFC
 * 9110 section 10.1.1), so that a wrong secret costs no transfer.
 */
public final class UpdateSender {
  /** A box writes a card, and reads it back, before it answers. */
  private static final Duration ANSWER = Duration.ofMinutes(10);

  private static final int MAX_ANSWER_BYTES = 4 << 10;

  private final UpstreamUrl box;
  private final String secret;

  public UpdateSender(UpstreamUrl box, String secret) {
    this.box = box;
    this.secret = secret;
  }

  /**
   * Sends one.
   *
   * @param older whether it may replace what is not older
   * @param progress told how many bytes are sent
   * @throws IOException if the box cannot be reached, or gave no answer
   */
  public BoxConnection.Answer send(Path update, boolean older, LongConsumer progress)
      throws IOException {
    try (BoxConnection connection = BoxConnection.open(box, Optional.of(secret), ANSWER)) {
      return connection.send(
          "PUT",
          older ? "update?older=yes" : "update",
          new FileBody(update, Files.size(update), progress),
          MAX_ANSWER_BYTES);
    }
  }
}
