/** Which OpenTelemetry hears of a call: the application's own, or else the agent's. */
@NullMarked
package io.tokenmeter.javaagent.telemetry;

import org.jspecify.annotations.NullMarked;
