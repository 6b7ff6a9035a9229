package org.kobako.block.client.fetch;

/**
 * How an upstream is thought of. Transitions:
 *
 * <pre>
 * HEALTHY --failure--> SUSPECT --third failure in a row--> DOWN
 *    ^                    |                                 |
 *    +------ success -----+------------- success -----------+
 * </pre>
 *
 * A failure is no answer, or none in time; a missing or corrupt block is none, because the upstream
 * is there and its other blocks may be sound.
 */
public enum UpstreamState {
  /** Asked first. */
  HEALTHY,
  /** Asked when no healthy one is left; probed from time to time. */
  SUSPECT,
  /** Asked last; probed from time to time. */
  DOWN
}
