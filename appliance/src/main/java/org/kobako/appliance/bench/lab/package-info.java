/** What the suites with several boxes are made of: a network of namespaces, pictures. */
@NullMarked
package org.kobako.appliance.bench.lab;

import org.jspecify.annotations.NullMarked;
