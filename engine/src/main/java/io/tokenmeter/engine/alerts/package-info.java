/** Who is told when a budget runs low: logs, telemetry, listeners and webhooks, each once. */
@NullMarked
package io.tokenmeter.engine.alerts;

import org.jspecify.annotations.NullMarked;
