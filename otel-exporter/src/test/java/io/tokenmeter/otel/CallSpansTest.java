package io.tokenmeter.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.Decision;
import io.tokenmeter.engine.Intervention;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallSpansTest {
  private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT_ID = "b7ad6b7169203331";

  private TestTelemetry telemetry = new TestTelemetry();

  @AfterEach
  void close() {
    telemetry.close();
  }

  @Test
  void span_plainChat_hasNameKindTimesAndEveryAttribute() {
    telemetry.record(TestCall.chat());

    SpanData span = telemetry.span();
    assertThat(span.getName()).isEqualTo("chat gpt-4o");
    assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(span.getStartEpochNanos()).isEqualTo(nanos(TestCall.START));
    assertThat(span.getEndEpochNanos()).isEqualTo(nanos(TestCall.START.plusMillis(1500)));
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(TestTelemetry.text(span.getAttributes()))
        .isEqualTo(
            "gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o"
                + " gen_ai.request.stream=false gen_ai.response.finish_reasons=[stop]"
                + " gen_ai.response.id=chatcmpl-1 gen_ai.response.model=gpt-4o-2024-08-06"
                + " gen_ai.usage.cache_read.input_tokens=50 gen_ai.usage.input_tokens=150"
                + " gen_ai.usage.output_tokens=20 gen_ai.usage.reasoning.output_tokens=0"
                + " http.response.status_code=200"
                + " server.address=api.openai.com server.port=443"
                + " tokenmeter.attribution.team=search tokenmeter.attribution.user=ann"
                + " tokenmeter.cost=0.0125 tokenmeter.decision=admitted tokenmeter.seam=stainless"
                + " tokenmeter.usage.estimated_input_tokens=98 tokenmeter.usage.source=provider");
  }

  @Test
  void span_ended_comesAfterTheCallsMetrics() {
    telemetry.collectAtSpanEnd = true;

    telemetry.record(TestCall.chat());

    assertThat(telemetry.metricsAtSpanEnd)
        .contains(
            "gen_ai.client.token.usage",
            "gen_ai.client.operation.duration",
            "tokenmeter.tokens",
            "tokenmeter.cost",
            "tokenmeter.calls",
            "tokenmeter.estimation.error");
  }

  @Test
  void span_nothingKnown_omitsInsteadOfZero() {
    telemetry.record(
        TestCall.chat()
            .failed("java.net.SocketTimeoutException", 0)
            .inCode()
            .inputEstimate(null)
            .attribution(Map.of()));

    assertThat(TestTelemetry.text(telemetry.span().getAttributes()))
        .isEqualTo(
            "error.type=java.net.SocketTimeoutException gen_ai.operation.name=chat"
                + " gen_ai.provider.name=openai gen_ai.request.model=gpt-4o"
                + " gen_ai.request.stream=false tokenmeter.decision=admitted"
                + " tokenmeter.seam=stainless");
  }

  @Test
  void span_failedCall_isAnError() {
    telemetry.record(TestCall.chat().failed("429", 429));

    assertThat(telemetry.span().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(attribute("error.type")).isEqualTo("429");
    assertThat(telemetry.logs.getFinishedLogRecordItems()).isEmpty();
  }

  @Test
  void span_streamedCall_hasTimeToFirstChunk() {
    telemetry.record(TestCall.chat().streamed(Duration.ofMillis(250), 9));

    assertThat(
            telemetry
                .span()
                .getAttributes()
                .get(AttributeKey.doubleKey("gen_ai.response.time_to_first_chunk")))
        .isEqualTo(0.25);
  }

  @Test
  void span_changedCall_saysWhatWasSentAndHowLongItWaited() {
    telemetry.record(
        TestCall.chat()
            .decided(
                Decision.DOWNGRADED,
                "b",
                new Intervention("gpt-4o-mini", 512L, Duration.ofMillis(1500))));

    assertThat(TestTelemetry.text(telemetry.span().getAttributes()))
        .contains("gen_ai.request.model=gpt-4o ")
        .contains("tokenmeter.budget=b ")
        .contains("tokenmeter.budget.waited=1.5 ")
        .contains("tokenmeter.decision=downgraded ")
        .contains("tokenmeter.sent.max_output_tokens=512 ")
        .contains("tokenmeter.sent.model=gpt-4o-mini");
  }

  @Test
  void span_callThatNeedsAnApproval_isARefusalLikeAnother() {
    telemetry.record(
        TestCall.refusedBy("board")
            .decided(Decision.APPROVAL_REQUIRED, "board", Intervention.NONE));

    assertThat(attribute("error.type")).isEqualTo("tokenmeter.budget.refused");
    assertThat(telemetry.logs.getFinishedLogRecordItems()).hasSize(1);
    assertThat(telemetry.points("gen_ai.client.token.usage")).isEmpty();
  }

  @Test
  void span_unknownModel_isNamedByItsOperation() {
    telemetry.record(TestCall.chat().model(""));

    assertThat(telemetry.span().getName()).isEqualTo("chat");
  }

  @Test
  void span_cacheWrites_areSummedUnderTheVersionsName() {
    Usage usage =
        Usage.builder()
            .tokens(TokenClass.CACHE_WRITE_5M, 3)
            .tokens(TokenClass.CACHE_WRITE_1H, 4)
            .build();
    telemetry.record(TestCall.chat().usage(usage));
    assertThat(number("gen_ai.usage.cache_creation.input_tokens")).isEqualTo(7);

    telemetry.close();
    telemetry = new TestTelemetry(TestTelemetry.settings("next", Map.of()));
    telemetry.record(TestCall.chat().usage(usage));
    assertThat(number("gen_ai.usage.cache_write.input_tokens")).isEqualTo(7);
  }

  @Test
  void span_openedUnderTheApplicationsSpan_isItsChild() {
    Span parent = telemetry.applicationTracer().spanBuilder("request").startSpan();
    Object captured;
    try (Scope scope = parent.makeCurrent()) {
      captured = telemetry.listener.opening(TestCall.outgoing(Map.of()));
    }
    telemetry.listener.closed(TestCall.chat().record(), captured);

    assertThat(telemetry.span().getParentSpanContext()).isEqualTo(parent.getSpanContext());
  }

  @Test
  void span_currentSpanAndHeader_currentSpanWins() {
    Span parent = telemetry.applicationTracer().spanBuilder("request").startSpan();
    Object captured;
    try (Scope scope = parent.makeCurrent()) {
      captured = telemetry.listener.opening(traceparent("01"));
    }
    telemetry.listener.closed(TestCall.chat().record(), captured);

    assertThat(telemetry.span().getTraceId()).isEqualTo(parent.getSpanContext().getTraceId());
  }

  @Test
  void span_onlyTraceparentHeader_isItsRemoteChild() {
    Object captured = telemetry.listener.opening(traceparent("01"));
    telemetry.listener.closed(TestCall.chat().record(), captured);

    SpanContext parent = telemetry.span().getParentSpanContext();
    assertThat(parent.isRemote()).isTrue();
    assertThat(parent.getTraceId()).isEqualTo(TRACE_ID);
    assertThat(parent.getSpanId()).isEqualTo(PARENT_ID);
  }

  @Test
  void span_traceparentNotSampled_isNotRecordedButMetricsAndRefusalsAre() {
    Object captured = telemetry.listener.opening(traceparent("00"));
    telemetry.listener.closed(TestCall.refusedBy("b").record(), captured);

    assertThat(telemetry.spans.getFinishedSpanItems()).isEmpty();
    assertThat(telemetry.points("tokenmeter.calls").values()).containsExactly(1.0);
    assertThat(telemetry.event().getSpanContext().getTraceId()).isEqualTo(TRACE_ID);
  }

  @Test
  void span_brokenTraceparentHeader_isARoot() {
    Object captured =
        telemetry.listener.opening(TestCall.outgoing(Map.of("traceparent", "garbage")));
    telemetry.listener.closed(TestCall.chat().record(), captured);

    assertThat(telemetry.span().getParentSpanContext().isValid()).isFalse();
  }

  @Test
  void span_belowAnotherInstrumentationsInference_isNotASecondInference() {
    Span inference =
        telemetry
            .applicationTracer()
            .spanBuilder("chat gpt-4o")
            .setAttribute("gen_ai.operation.name", "chat")
            .startSpan();
    Object captured;
    try (Scope scope = inference.makeCurrent()) {
      captured = telemetry.listener.opening(TestCall.outgoing(Map.of()));
    }
    inference.end();
    telemetry.spans.reset();
    telemetry.listener.closed(TestCall.chat().record(), captured);

    SpanData span = telemetry.span();
    assertThat(span.getName()).isEqualTo("tokenmeter chat");
    assertThat(span.getKind()).isEqualTo(SpanKind.INTERNAL);
    assertThat(span.getParentSpanId()).isEqualTo(inference.getSpanContext().getSpanId());
    assertThat(TestTelemetry.text(span.getAttributes()))
        .contains("tokenmeter.cost=0.0125")
        .doesNotContain("gen_ai.");
  }

  @Test
  void span_belowAnAgentsSpan_isTheInference() {
    Span agent =
        telemetry
            .applicationTracer()
            .spanBuilder("invoke_agent")
            .setAttribute("gen_ai.operation.name", "invoke_agent")
            .startSpan();
    Object captured;
    try (Scope scope = agent.makeCurrent()) {
      captured = telemetry.listener.opening(TestCall.outgoing(Map.of()));
    }
    telemetry.listener.closed(TestCall.chat().record(), captured);

    assertThat(telemetry.span().getName()).isEqualTo("chat gpt-4o");
  }

  @Test
  void refusal_anyCall_isAnErrorSpanAndAnEventThatNamesTheBudget() {
    telemetry.record(TestCall.refusedBy("team-month"));

    SpanData span = telemetry.span();
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(attribute("error.type")).isEqualTo("tokenmeter.budget.refused");
    assertThat(attribute("tokenmeter.budget")).isEqualTo("team-month");
    LogRecordData event = telemetry.event();
    assertThat(event.getEventName()).isEqualTo("tokenmeter.budget.refused");
    assertThat(event.getTimestampEpochNanos()).isEqualTo(nanos(TestCall.START.plusMillis(1500)));
    assertThat(event.getSpanContext().getSpanId()).isEqualTo(span.getSpanId());
    assertThat(event.getSeverityText()).isNull();
    assertThat(event.getSeverity()).isEqualTo(io.opentelemetry.api.logs.Severity.WARN);
    assertThat(event.getBodyValue().asString())
        .isEqualTo("Budget team-month refused a call to gpt-4o");
    assertThat(TestTelemetry.text(event.getAttributes()))
        .isEqualTo(
            "gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o"
                + " server.address=api.openai.com server.port=443"
                + " tokenmeter.attribution.team=search tokenmeter.attribution.user=ann"
                + " tokenmeter.budget=team-month");
  }

  @Test
  void scope_ofAllSignals_isTokenmeterWithVersionAndSchema() {
    telemetry.record(TestCall.refusedBy("b"));

    var scope = telemetry.span().getInstrumentationScopeInfo();
    assertThat(scope.getName()).isEqualTo("io.tokenmeter");
    assertThat(scope.getVersion()).isEqualTo("0.1.0");
    assertThat(scope.getSchemaUrl()).isEqualTo("https://opentelemetry.io/schemas/1.41.0");
    assertThat(telemetry.event().getInstrumentationScopeInfo()).isEqualTo(scope);
    assertThat(telemetry.metrics().get("tokenmeter.calls").getInstrumentationScopeInfo())
        .isEqualTo(scope);
  }

  private static io.tokenmeter.engine.OutgoingCall traceparent(String flags) {
    return TestCall.outgoing(
        Map.of("traceparent", "00-" + TRACE_ID + "-" + PARENT_ID + "-" + flags));
  }

  private String attribute(String key) {
    return telemetry.span().getAttributes().get(AttributeKey.stringKey(key));
  }

  private Long number(String key) {
    return telemetry.span().getAttributes().get(AttributeKey.longKey(key));
  }

  private static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }
}
