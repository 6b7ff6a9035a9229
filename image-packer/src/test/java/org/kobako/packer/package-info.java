@NullMarked
package org.kobako.packer;

import org.jspecify.annotations.NullMarked;
