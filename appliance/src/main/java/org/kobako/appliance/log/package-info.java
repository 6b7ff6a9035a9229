/**
 * The log of a process: lines on standard error, from whatever library they come.
 *
 * <p>A provider of our own for SLF4J: java.util.logging takes 7 % of a small box's start and 0.4 MB
 * of its class-data archive, and the formats of others bring the tables of all time zones and
 * languages.
 */
@NullMarked
package org.kobako.appliance.log;

import org.jspecify.annotations.NullMarked;
