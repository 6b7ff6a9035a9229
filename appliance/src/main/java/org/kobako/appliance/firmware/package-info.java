/**
 * A box's own firmware: what an update file says and who may say it, and the slot it goes into.
 *
 * <p>An update file is text, then two payloads as they will lie in the other slot's partitions:
 *
 * <pre>
 *   kobako-update 1
 *   target: armhf
 *   version: 1732190000
 *   boot: LENGTH SHA256
 *   root: LENGTH SHA256
 *   signature: BASE64            Ed25519 (RFC 8032) over all lines before this one
 *                                an empty line; then boot's bytes, then root's
 * </pre>
 *
 * <p>Stages, as types: bytes of a stranger, {@link org.kobako.appliance.firmware.SignedUpdate} (the
 * key that the box trusts says so; until then not a byte is written), and a slot that holds what it
 * promised. Nothing here knows HTTP.
 */
@NullMarked
package org.kobako.appliance.firmware;

import org.jspecify.annotations.NullMarked;
