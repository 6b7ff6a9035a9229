/**
 * A storm without a network: machines that play a boot trace, boxes with a CPU, a disk and a link,
 * and what is behind them, as events one after the other. Nothing here knows of time or chance, so
 * equal questions have equal answers. What it is asked with is measured; it is compared with what
 * was measured, too, before it predicts what cannot be.
 */
@NullMarked
package org.kobako.appliance.bench.storm.model;

import org.jspecify.annotations.NullMarked;
