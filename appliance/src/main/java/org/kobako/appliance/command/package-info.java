/**
 * The commands, one class each: the option table on top, the work below it.
 *
 * <p>A command reads its arguments, calls the module that does the work, and prints. No logic.
 */
@NullMarked
package org.kobako.appliance.command;

import org.jspecify.annotations.NullMarked;
