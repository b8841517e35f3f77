/** Speed and memory, side by side with peers. {@code benchmarks/run.sh} starts it. */
@NullMarked
package io.tokenmeter.benchmarks;

import org.jspecify.annotations.NullMarked;
