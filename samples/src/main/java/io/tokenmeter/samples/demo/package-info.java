/** Two services, one team's budget: the demonstration that {@code samples/demo.sh} runs. */
@NullMarked
package io.tokenmeter.samples.demo;

import org.jspecify.annotations.NullMarked;
