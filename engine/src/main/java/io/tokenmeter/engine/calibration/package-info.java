/** Learns from the usage that providers report how their closed tokenizers count. */
@NullMarked
package io.tokenmeter.engine.calibration;

import org.jspecify.annotations.NullMarked;
