/**
 * From a packet's options to the machine that boot-plan plans for: a pure table, with the quirks of
 * firmware, each with who has it.
 */
@NullMarked
package org.kobako.dhcp.identity;

import org.jspecify.annotations.NullMarked;
