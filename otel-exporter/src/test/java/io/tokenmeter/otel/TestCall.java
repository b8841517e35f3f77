package io.tokenmeter.otel;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.CallRecord;
import io.tokenmeter.engine.Decision;
import io.tokenmeter.engine.OutgoingCall;
import io.tokenmeter.engine.prices.Cost;
import io.tokenmeter.tokenizers.InputEstimate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A call record to vary: a plain OpenAI chat that succeeded, costing 0.0125 USD. */
final class TestCall {
  static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

  private Duration timeToFirstChunk = null;
  private long chunks = 0;
  private String operation = "chat";
  private String requestModel = "gpt-4o";
  private String responseModel = "gpt-4o-2024-08-06";
  private String responseId = "chatcmpl-1";
  private List<String> finishReasons = List.of("stop");
  private boolean streaming = false;
  private String serverAddress = "api.openai.com";
  private int serverPort = 443;
  private Decision decision = Decision.ADMITTED;
  private String budget = null;
  private InputEstimate inputEstimate = new InputEstimate(98, 101, 91, 7, 0);
  private Usage usage =
      Usage.builder()
          .tokens(TokenClass.UNCACHED_INPUT, 100)
          .tokens(TokenClass.CACHE_READ, 50)
          .tokens(TokenClass.OUTPUT, 20)
          .tokens(TokenClass.REASONING, 0)
          .build();
  private boolean usageReported = true;
  private Cost cost =
      new Cost(
          12_500_000L,
          Map.of(
              TokenClass.UNCACHED_INPUT, 10_000_000L,
              TokenClass.CACHE_READ, 500_000L,
              TokenClass.OUTPUT, 2_000_000L));
  private int httpStatus = 200;
  private String error = null;
  private Map<String, String> attribution = Map.of("team", "search", "user", "ann");

  private TestCall() {}

  static TestCall chat() {
    return new TestCall();
  }

  /** Nothing was sent. */
  static TestCall refusedBy(String budget) {
    TestCall call = new TestCall().withoutResponse();
    call.decision = Decision.REFUSED;
    call.budget = budget;
    return call;
  }

  TestCall observedBy(String name) {
    decision = Decision.OBSERVED;
    budget = name;
    return this;
  }

  TestCall unmetered() {
    decision = Decision.UNMETERED;
    return usage(null).cost(null);
  }

  TestCall failed(String type, int status) {
    error = type;
    withoutResponse();
    httpStatus = status;
    return this;
  }

  private TestCall withoutResponse() {
    responseModel = null;
    responseId = null;
    finishReasons = List.of();
    usage = null;
    cost = null;
    usageReported = false;
    httpStatus = 0;
    return this;
  }

  TestCall streamed(Duration first, long events) {
    streaming = true;
    timeToFirstChunk = first;
    chunks = events;
    return this;
  }

  TestCall operation(String name) {
    operation = name;
    return this;
  }

  TestCall model(String name) {
    requestModel = name;
    responseModel = name;
    return this;
  }

  TestCall inCode() {
    serverAddress = "";
    serverPort = 0;
    return this;
  }

  TestCall usage(Usage used) {
    usage = used;
    return this;
  }

  TestCall countedLocally() {
    usageReported = false;
    return this;
  }

  TestCall cost(Cost price) {
    cost = price;
    return this;
  }

  TestCall inputEstimate(InputEstimate estimate) {
    inputEstimate = estimate;
    return this;
  }

  TestCall attribution(Map<String, String> payers) {
    attribution = payers;
    return this;
  }

  /** A call that is about to leave, with headers by their lower-case names. */
  static OutgoingCall outgoing(Map<String, String> headers) {
    return new OutgoingCall(
        "jdk",
        "POST",
        "api.openai.com",
        443,
        "/v1/chat/completions",
        name -> headers.get(name.toLowerCase(Locale.ROOT)),
        new byte[0],
        null);
  }

  CallRecord record() {
    return new CallRecord(
        START,
        Duration.ofMillis(1500),
        timeToFirstChunk,
        chunks,
        "stainless",
        "openai",
        operation,
        requestModel,
        responseModel,
        responseId,
        finishReasons,
        streaming,
        serverAddress,
        serverPort,
        decision,
        budget,
        inputEstimate,
        usage,
        usageReported,
        cost,
        httpStatus,
        error,
        attribution);
  }
}
