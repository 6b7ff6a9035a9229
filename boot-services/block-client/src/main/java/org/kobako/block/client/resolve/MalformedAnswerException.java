package org.kobako.block.client.resolve;

import java.io.IOException;

/** A datagram that is no answer to the question that was asked. */
final class MalformedAnswerException extends IOException {
  private static final long serialVersionUID = 1;

  MalformedAnswerException(String message) {
    super(message);
  }
}
