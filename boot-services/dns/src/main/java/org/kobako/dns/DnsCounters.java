package org.kobako.dns;

/**
 * What a DNS server has been asked since its start.
 *
 * @param answered questions
 * @param malformed datagrams and messages that were no questions
 * @param tooMany questions beyond what one network may ask
 */
public record DnsCounters(long answered, long malformed, long tooMany) {}
