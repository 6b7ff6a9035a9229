package org.kobako.appliance.command;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.kobako.appliance.remote.BoxConnection;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Sentences;
import org.kobako.block.client.fetch.UpstreamUrl;

/** Single questions to a box, and what a command says when there is no good answer. */
final class BoxAnswers {
  private static final int MAX_BYTES = 16 << 20;

  private BoxAnswers() {}

  /**
   * What the box answers.
   *
   * @param patience how long it may take
   */
  static String of(
      UpstreamUrl box, Optional<String> secret, Duration patience, String method, String path)
      throws CommandFailedException {
    BoxConnection.Answer answer;
    try (BoxConnection connection = BoxConnection.open(box, secret, patience)) {
      answer = connection.send(method, path, BoxConnection.Body.NONE, MAX_BYTES);
    } catch (IOException e) {
      throw new CommandFailedException(
          "%s does not answer: %s; see whether it runs".formatted(box, Sentences.of(e)), e);
    }
    if (!answer.isGood()) {
      throw new CommandFailedException("%s refuses it: %s".formatted(box, answer.sentence()));
    }
    return answer.body();
  }
}
