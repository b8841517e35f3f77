/** What an agent costs: latency added to calls, time and memory added to a start. */
@NullMarked
package io.tokenmeter.benchmarks.agent;

import org.jspecify.annotations.NullMarked;
