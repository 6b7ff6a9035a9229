/**
 * The life of images on a box as people see it: which versions there are, who reads them, which go.
 * Texts that one box says and another program of Kobako reads. Nothing here knows HTTP.
 */
@NullMarked
package org.kobako.appliance.life;

import org.jspecify.annotations.NullMarked;
