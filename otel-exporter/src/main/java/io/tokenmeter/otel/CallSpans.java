package io.tokenmeter.otel;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.tokenmeter.engine.CallRecord;

/**
 * One span a call, made after its end with the times that the call had: the call's own thread only
 * captured its parent.
 */
final class CallSpans {
  private final Tracer tracer;
  private final SpanAttributes spanAttributes;

  CallSpans(Tracer tracer, SemanticConventions conventions) {
    this.tracer = tracer;
    this.spanAttributes = new SpanAttributes(conventions);
  }

  /**
   * The call's span with all that it says. The caller ends it, after everything else that belongs
   * to the call: whoever sees the span may then rely on the call's metrics.
   */
  Span open(CallRecord call, Context parent) {
    Span span =
        InferenceSpans.isFor(call.operation(), Span.fromContext(parent))
            ? startBelowInference(call, parent)
            : startInference(call, parent);
    span.setAllAttributes(SpanAttributes.own(call));
    String errorType = SpanAttributes.errorType(call);
    if (errorType != null) {
      span.setAttribute(SemanticConventions.ERROR_TYPE, errorType);
      span.setStatus(StatusCode.ERROR);
    }
    return span;
  }

  static void end(Span span, CallRecord call) {
    span.end(call.start().plus(call.duration()));
  }

  private Span startInference(CallRecord call, Context parent) {
    String name =
        call.requestModel().isEmpty()
            ? call.operation()
            : call.operation() + " " + call.requestModel();
    return start(tracer.spanBuilder(name).setSpanKind(SpanKind.CLIENT), call, parent)
        .setAllAttributes(spanAttributes.conventional(call));
  }

  /**
   * Below another instrumentation's inference span, ours carries only what that one cannot know:
   * with usage and model on both, backends would count the call twice. That one has often ended by
   * now, so it cannot take our attributes itself.
   */
  private Span startBelowInference(CallRecord call, Context parent) {
    return tracer
        .spanBuilder("tokenmeter " + call.operation())
        .setSpanKind(SpanKind.INTERNAL)
        .setParent(parent)
        .setStartTimestamp(call.start())
        .startSpan();
  }

  private static Span start(SpanBuilder builder, CallRecord call, Context parent) {
    return builder
        .setParent(parent)
        .setStartTimestamp(call.start())
        .setAllAttributes(SpanAttributes.atStart(call))
        .startSpan();
  }
}
