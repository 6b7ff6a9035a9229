/**
 * The command line's frame: tables of options, help made from them, one sentence per error, a
 * progress line. Used by the machine's own program and by the appliance, which adds its commands.
 *
 * <p>A {@link org.kobako.block.client.cli.Command} declares its {@link
 * org.kobako.block.client.cli.Syntax}; {@link org.kobako.block.client.cli.CommandLine} finds the
 * command, reads the words and turns every end into an exit code: 0 done, 1 failed, 2 usage.
 *
 * <p>Why not picocli: it reads annotations by reflection and loads some 400 classes, which on an
 * interpreter-only VM (sh4) costs seconds before the first line and on a 64 MB box metaspace for as
 * long as it runs. This needs a dozen classes and no reflection.
 *
 * <p>Neighbours: none, not even block-format.
 */
@NullMarked
package org.kobako.block.client.cli;

import org.jspecify.annotations.NullMarked;
