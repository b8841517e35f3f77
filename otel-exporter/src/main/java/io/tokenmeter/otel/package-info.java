/**
 * Call records as OpenTelemetry metrics, spans and events.
 *
 * <p>The classes run in one of two places: in the agent's own class loader over an own SDK ({@link
 * io.tokenmeter.otel.OwnSdk}), or in a class loader beside the application's {@code
 * opentelemetry-api} ({@link io.tokenmeter.otel.ApplicationTelemetry}), whatever its version. So
 * only {@code OwnSdk} may touch the SDK, and everything newer than the oldest supported API stands
 * in {@code NewerApi}.
 */
@NullMarked
package io.tokenmeter.otel;

import org.jspecify.annotations.NullMarked;
