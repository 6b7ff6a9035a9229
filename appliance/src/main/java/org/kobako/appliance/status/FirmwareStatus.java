package org.kobako.appliance.status;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a box runs, and what it will run next.
 *
 * @param slot {@code a} or {@code b}
 * @param update what came of the last update since the box started, a sentence; empty if there was
 *     none
 * @param next the version that the other slot holds, and that is to be started next
 * @param troubles what is wrong around the box now, as its supervisor finds it, a sentence each
 */
public record FirmwareStatus(
    String target,
    String slot,
    long version,
    Optional<String> update,
    OptionalLong next,
    List<String> troubles) {}
