package org.kobako.block.client.fetch;

/**
 * How an upstream is thought of. Transitions, each of which {@code UpstreamHealth} makes:
 *
 * <pre>
 *              gave no answer
 *              was late, and late again soon
 *              had no sound copy of three blocks soon one after the other
 *         +-------------------------------------> SUSPECT --third time without an answer--> DOWN
 *   HEALTHY                                          |                                        |
 *         ^------- a sound block, in time -----------+----------------------------------------+
 * </pre>
 *
 * <ul>
 *   <li>No answer is none within the limit, or a connection that fails, or an HTTP error.
 *   <li>Late is an answer that a hedge has overtaken.
 *   <li>A single block that is missing or corrupt is none of these, however often it is asked for:
 *       other blocks there may be sound.
 *   <li>Whoever is not healthy is probed, from a quarter of a second to one and a half apart, by a
 *       block: the very one that it had no sound copy of, or else one that another has just sent,
 *       which a slow disk has to read first. What a reader fetches there counts as a probe, too,
 *       but for an upstream that is suspect for its copies.
 *   <li>An upstream that is healthy again gets its share of the fetches back over two to four
 *       seconds, another time in each machine: it is not stampeded.
 * </ul>
 */
public enum UpstreamState {
  /** Asked first. */
  HEALTHY,
  /** Asked when no healthy one is left. */
  SUSPECT,
  /** Asked last. */
  DOWN
}
