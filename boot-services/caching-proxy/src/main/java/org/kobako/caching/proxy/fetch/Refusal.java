package org.kobako.caching.proxy.fetch;

import org.eclipse.jetty.http.HttpStatus;

/**
 * Why a machine gets no file.
 *
 * @param text a sentence for people, with its end of line
 * @param retrySeconds when to ask again; 0 if that does not help
 */
record Refusal(int status, String text, int retrySeconds) {
  static final Refusal MISSING =
      new Refusal(HttpStatus.NOT_FOUND_404, "neither here nor at an upstream\n", 0);

  static final Refusal BUSY =
      new Refusal(
          HttpStatus.SERVICE_UNAVAILABLE_503,
          "this box fetches as much as it can: ask another, or again\n",
          1);

  static final Refusal UNREACHABLE =
      new Refusal(
          HttpStatus.GATEWAY_TIMEOUT_504, "no upstream answers: ask another box, or again\n", 1);

  /** Upstreams answered, and what they said cannot be used. */
  static Refusal unusable(String why) {
    return new Refusal(HttpStatus.BAD_GATEWAY_502, "no upstream has it sound: " + why + "\n", 1);
  }
}
