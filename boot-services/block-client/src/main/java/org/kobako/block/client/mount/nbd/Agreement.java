package org.kobako.block.client.mount.nbd;

/**
 * What client and server agreed on before transmission.
 *
 * @param structuredReplies replies come in chunks, so that an error can follow data
 * @param allocationContext {@code base:allocation} was selected: block status may be asked for;
 *     only with structured replies
 */
record Agreement(boolean structuredReplies, boolean allocationContext) {}
