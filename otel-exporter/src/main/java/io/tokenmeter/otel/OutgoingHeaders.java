package io.tokenmeter.otel;

import io.opentelemetry.context.propagation.TextMapGetter;
import io.tokenmeter.engine.OutgoingCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what was propagated in the headers of a call that is about to leave. */
final class OutgoingHeaders implements TextMapGetter<OutgoingCall> {
  static final OutgoingHeaders INSTANCE = new OutgoingHeaders();

  private OutgoingHeaders() {}

  @Override
  public Iterable<String> keys(OutgoingCall call) {
    return List.of();
  }

  @Override
  public @Nullable String get(@Nullable OutgoingCall call, String name) {
    return call == null ? null : call.header().apply(name);
  }
}
