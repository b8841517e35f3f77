package io.tokenmeter.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.context.Context;
import io.tokenmeter.engine.CallRecord;

/** A call's tokens as the GenAI conventions count them, which differs between their versions. */
interface TokenUsageMetrics {
  /**
   * @param attributes what the conventions' metrics have in common
   * @param context the call's span, for exemplars
   */
  void record(CallRecord call, Attributes attributes, Context context);
}
