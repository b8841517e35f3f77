package io.tokenmeter.otel;

import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import io.tokenmeter.engine.CallRecord;

/** A log event for every refused call. Unlike spans, events are not sampled away. */
final class RefusalEvents {
  private final Logger logger;

  RefusalEvents(Logger logger) {
    this.logger = logger;
  }

  /**
   * @param context with the refused call's span, to be found from the event
   */
  void record(CallRecord call, Context context) {
    String budget = call.budget();
    if (!call.decision().isRefusal() || budget == null) {
      return;
    }
    NewerApi.eventName(logger.logRecordBuilder(), SemanticConventions.BUDGET_REFUSED_EVENT)
        .setContext(context)
        .setTimestamp(call.start().plus(call.duration()))
        .setSeverity(Severity.WARN)
        .setBody("Budget " + budget + " refused a call to " + call.requestModel())
        .setAttribute(SemanticConventions.SPAN_BUDGET, budget)
        .setAllAttributes(SpanAttributes.atStart(call))
        .setAllAttributes(SpanAttributes.attribution(call))
        .emit();
  }
}
