package org.kobako.block.client.fetch;

import java.nio.charset.StandardCharsets;
import org.kobako.block.format.ReaderAgent;

/** What all requests of this machine say of it; more, as soon as its index is known. */
final class AgentLine {
  private volatile byte[] line = lineOf(ReaderAgent.WITHOUT_INDEX);

  private static byte[] lineOf(String value) {
    return ("User-Agent: " + value + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  void set(ReaderAgent agent) {
    line = lineOf(agent.value());
  }

  /** Nobody writes to it. */
  byte[] bytes() {
    return line;
  }
}
