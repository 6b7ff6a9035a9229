package org.kobako.appliance.status;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a box runs, and what it will run next.
 *
 * @param slot {@code a} or {@code b}
 * @param update what came of the last update since the box started, a sentence; empty if there was
 *     none
 * @param next the version that the other slot holds, and that is to be started next
 */
public record FirmwareStatus(
    String target, String slot, long version, Optional<String> update, OptionalLong next) {}
