/**
 * The box's configuration file, kobako.toml: text to {@link org.kobako.appliance.box.BoxConfig},
 * every key known, every value validated before anything starts. OPTIONS.md, in this module's
 * folder, is its table for people; a test holds the two together.
 *
 * <p>The parser is jtoml: of the TOML parsers that live and may be used, it takes the least of a
 * box's memory (320 classes and 0.8 MB of metaspace; tomlj takes 520 and 1.9 MB, night-config is
 * under the LGPL).
 */
@NullMarked
package org.kobako.appliance.config;

import org.jspecify.annotations.NullMarked;
