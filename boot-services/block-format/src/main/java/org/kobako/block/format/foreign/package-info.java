/**
 * Calls into the platform's own libraries through the foreign function interface, without
 * allocation and for any pointer width. Where the VM has no linker or the library is not installed,
 * callers get an empty answer and take their form in Java.
 */
@NullMarked
package org.kobako.block.format.foreign;

import org.jspecify.annotations.NullMarked;
