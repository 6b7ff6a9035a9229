/**
 * The log of a process: lines on standard error, from whatever library they come.
 *
 * <p>A provider of our own for SLF4J: java.util.logging takes a small box a tenth of its start and
 * memory that is never given back, and the formats of others bring the tables of all time zones and
 * languages.
 */
@NullMarked
package org.kobako.appliance.log;

import org.jspecify.annotations.NullMarked;
