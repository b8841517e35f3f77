package io.tokenmeter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.api.Budget;
import io.tokenmeter.api.BudgetExceededException;
import io.tokenmeter.api.Reservation;
import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.TokenMeter;
import io.tokenmeter.api.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class EngineTest {
  private static final String CHAT =
      """
      {"model":"gpt-4o-mini","max_tokens":100,
       "messages":[{"role":"user","content":"Say hello to the people."}]}""";
  private static final String STREAMED_CHAT =
      CHAT.replace("{\"model\"", "{\"stream\":true,\"model\"");
  private static final String ANSWER =
      """
      {"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","object":"chat.completion",
       "choices":[{"index":0,"finish_reason":"stop",
                   "message":{"role":"assistant","content":"Hello, people!"}}],
       "usage":{"prompt_tokens":30,"completion_tokens":12,"total_tokens":42,
                "prompt_tokens_details":{"cached_tokens":10},
                "completion_tokens_details":{"reasoning_tokens":5}}}""";
  private static final String DELTA =
      """
      data: {"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{"content":"Hello, people!"}}]}

      """;
  private static final String JSON = "application/json";
  private static final String SSE = "text/event-stream";

  @TempDir Path home;

  @Test
  void call_isReservedThenSettledWithTheProvidersUsage() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      Exchange exchange = meter.openChat(CHAT);
      assertThat(exchange.verdict()).isEqualTo(Verdict.Admitted.UNCHANGED);
      assertThat(meter.budget("b").reserved()).isGreaterThan(100).isLessThan(200);
      meter.ticks.addAndGet(Duration.ofMillis(25).toNanos());
      EngineFixture.respond(exchange, 200, JSON, ANSWER);
      exchange.responseEnded();
      assertThat(meter.budget("b").used()).isEqualTo(42);
      assertThat(meter.budget("b").reserved()).isZero();

      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.usage())
          .isEqualTo(
              Usage.builder()
                  .tokens(TokenClass.UNCACHED_INPUT, 20)
                  .tokens(TokenClass.CACHE_READ, 10)
                  .tokens(TokenClass.OUTPUT, 7)
                  .tokens(TokenClass.REASONING, 5)
                  .build());
      assertThat(record.usageReported()).isTrue();
      assertThat(record.decision()).isEqualTo(Decision.ADMITTED);
      assertThat(record.requestModel()).isEqualTo("gpt-4o-mini");
      assertThat(record.responseModel()).isEqualTo("gpt-4o-mini-2024-07-18");
      assertThat(record.duration()).isEqualTo(Duration.ofMillis(25));
      assertThat(record.start()).isEqualTo(EngineFixture.NOON);
      // 20 x 0.15 + 10 x 0.075 + 12 x 0.60 USD a million
      assertThat(record.cost().nanoUsd()).isEqualTo(3_000 + 750 + 7_200);
      assertThat(record.error()).isNull();
      assertThat(record.attribution()).containsEntry("team", "search");
    }
  }

  @Test
  void call_thatTheBudgetCannotPay_isRefusedAndHoldsNothing() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("tiny", "50 tokens", "block"))) {
      Exchange exchange = meter.openChat(CHAT);
      assertThat(exchange.verdict())
          .isInstanceOfSatisfying(
              Verdict.Refused.class,
              refused -> {
                assertThat(refused.message())
                    .contains(
                        "'tiny'",
                        "only 50 tokens of 50 tokens per day are left",
                        "resets at 2026-11-23T00:00:00Z");
                assertThat(new String(refused.body(), UTF_8)).contains(refused.message());
              });
      exchange.responseEnded();
      exchange.abandoned();
      assertThat(meter.budget("tiny").reserved()).isZero();
      assertThat(meter.budget("tiny").used()).isZero();

      List<CallRecord> records = meter.recordsAtTheEnd();
      assertThat(records).hasSize(1);
      assertThat(records.get(0).decision()).isEqualTo(Decision.REFUSED);
      assertThat(records.get(0).budget()).isEqualTo("tiny");
      assertThat(records.get(0).usage()).isNull();
      assertThat(records.get(0).cost()).isNull();
    }
  }

  @Test
  void call_overAnObservingBudget_isSentAndRecordedAsObserved() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("soft", "50 tokens", "observe"))) {
      Exchange exchange = meter.openChat(CHAT);
      assertThat(exchange.verdict()).isInstanceOf(Verdict.Admitted.class);
      EngineFixture.respond(exchange, 200, JSON, ANSWER);
      exchange.responseEnded();
      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.decision()).isEqualTo(Decision.OBSERVED);
      assertThat(record.budget()).isEqualTo("soft");
    }
  }

  @Test
  void stream_withoutUsage_isCountedLocally() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      Exchange exchange = meter.openChat(STREAMED_CHAT);
      EngineFixture.respond(exchange, 200, SSE, DELTA.repeat(3) + "data: [DONE]\n\n");
      exchange.responseEnded();
      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.usageReported()).isFalse();
      assertThat(record.usage().inputTokens()).isEqualTo(record.estimatedInputTokens());
      assertThat(record.usage().outputTokens()).isEqualTo(12); // "Hello, people!" is 4 tokens
      assertThat(record.chunks()).isEqualTo(3);
      assertThat(record.timeToFirstChunk()).isEqualTo(Duration.ZERO);
      assertThat(record.streaming()).isTrue();
    }
  }

  @Test
  void stream_closedEarly_isChargedForWhatPassed() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      Exchange exchange = meter.openChat(STREAMED_CHAT);
      EngineFixture.respond(exchange, 200, SSE, DELTA);
      exchange.abandoned();
      exchange.responseEnded();
      exchange.failed(new IOException());
      List<CallRecord> records = meter.recordsAtTheEnd();
      assertThat(records).hasSize(1);
      assertThat(records.get(0).usage().outputTokens()).isEqualTo(4);
      assertThat(records.get(0).error()).isEqualTo("abandoned");
    }
  }

  @Test
  void answer_closedRightAfterItsLastByte_isComplete() {
    try (EngineFixture meter = new EngineFixture(home, "")) {
      Exchange exchange = meter.openChat(CHAT);
      EngineFixture.respond(exchange, 200, JSON, ANSWER);
      exchange.abandoned(); // clients close a body without reading on to its end
      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.error()).isNull();
      assertThat(record.usageReported()).isTrue();
    }
  }

  @Test
  void failure_beforeAnythingWasSent_costsNothing() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      meter.openChat(CHAT).failed(new IOException("wrapped", new ConnectException("refused")));
      assertThat(meter.budget("b").used()).isZero();
      assertThat(meter.budget("b").reserved()).isZero();
      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.usage()).isNull();
      assertThat(record.error()).isEqualTo("java.io.IOException");
    }
  }

  @Test
  void failure_thatMayHaveReachedTheProvider_chargesTheInput() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      meter.openChat(CHAT).failed(new SocketTimeoutException());
      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.usage().totalTokens()).isEqualTo(record.estimatedInputTokens());
    }
  }

  @Test
  void errorAnswer_costsNothing() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      Exchange exchange = meter.openChat(CHAT);
      EngineFixture.respond(
          exchange,
          500,
          JSON,
          "{\"error\":{\"message\":\"no\",\"type\":\"server_error\",\"code\":null}}");
      exchange.responseEnded();
      assertThat(meter.budget("b").used()).isZero();
      assertThat(meter.budget("b").reserved()).isZero();
      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.httpStatus()).isEqualTo(500);
      assertThat(record.error()).isEqualTo("server_error");
    }
  }

  @Test
  void requestThatIsNotUnderstood_isChargedIfTheAnswerReportsUsage() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      Exchange understoodLater = meter.openChat("not json");
      EngineFixture.respond(understoodLater, 200, JSON, ANSWER);
      understoodLater.responseEnded();
      Exchange somethingElse = meter.openChat("not json");
      EngineFixture.respond(somethingElse, 200, JSON, "{\"ok\":true}");
      somethingElse.responseEnded();
      assertThat(meter.budget("b").used()).isEqualTo(42);
      List<CallRecord> records = meter.recordsAtTheEnd();
      assertThat(records).hasSize(1);
      assertThat(records.get(0).decision()).isEqualTo(Decision.UNMETERED);
      assertThat(records.get(0).usage().totalTokens()).isEqualTo(42);
      assertThat(records.get(0).cost()).isNotNull();
    }
  }

  @Test
  void gzippedAnswer_isReadAsIfItWerePlain() throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(ANSWER.getBytes(UTF_8));
    }
    try (EngineFixture meter = new EngineFixture(home, "")) {
      Exchange exchange = meter.openChat(CHAT);
      exchange.responseStarted(
          200,
          name ->
              name.equals("content-encoding") ? "gzip" : name.equals("content-type") ? JSON : null);
      for (byte one : gzip.toByteArray()) {
        exchange.responseBytes(new byte[] {one}, 0, 1);
      }
      exchange.responseEnded();
      assertThat(meter.recordsAtTheEnd().get(0).usage().totalTokens()).isEqualTo(42);
    }
  }

  @Test
  void answerInAnUnknownEncoding_isChargedWithTheWholeHold() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      Exchange exchange = meter.openChat(CHAT);
      long held = meter.budget("b").reserved();
      exchange.responseStarted(200, name -> name.equals("content-encoding") ? "br" : null);
      exchange.responseBytes(new byte[10], 0, 10);
      exchange.responseEnded();
      assertThat(meter.budget("b").used()).isEqualTo(held);
      assertThat(meter.recordsAtTheEnd().get(0).usage()).isNull();
    }
  }

  @Test
  void bodyThatTheApplicationLetsGoOf_isSettledAsAbandoned() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      Exchange exchange = meter.openChat(STREAMED_CHAT);
      EngineFixture.respond(exchange, 200, SSE, DELTA);
      exchange.watch(new Object());
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                System.gc();
                meter.ticks.addAndGet(Duration.ofSeconds(2).toNanos());
                return !meter.records.isEmpty();
              });
      assertThat(meter.records.get(0).error()).isEqualTo("abandoned");
    }
  }

  @Test
  void callsStillOpenWhenTheEngineCloses_areChargedForWhatPassed() {
    String rule = EngineFixture.rule("b", "1000 tokens", "block");
    long charged;
    try (EngineFixture meter = new EngineFixture(home, rule)) {
      Exchange waiting = meter.openChat(CHAT);
      Exchange streaming = meter.openChat(STREAMED_CHAT);
      EngineFixture.respond(streaming, 200, SSE, DELTA);
      List<CallRecord> records = meter.recordsAtTheEnd();
      assertThat(records).extracting(CallRecord::error).containsExactly("abandoned", "abandoned");
      assertThat(records)
          .allSatisfy(r -> assertThat(r.usage().inputTokens()).isEqualTo(r.estimatedInputTokens()));
      assertThat(records)
          .extracting(r -> r.usage().outputTokens())
          .containsExactlyInAnyOrder(0L, 4L);
      charged = records.stream().mapToLong(r -> r.usage().totalTokens()).sum();
      waiting.failed(new IOException());
      streaming.responseEnded();
      assertThat(records).hasSize(2);
    }
    try (EngineFixture next = new EngineFixture(home, rule)) {
      assertThat(next.budget("b").used()).isEqualTo(charged);
      assertThat(next.budget("b").reserved()).isZero();
    }
  }

  @Test
  void callThatItsSeamLost_isNotKept() {
    try (EngineFixture meter = new EngineFixture(home, "")) {
      WeakReference<Exchange> lost = new WeakReference<>(meter.openChat(CHAT));
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                System.gc();
                return lost.get() == null;
              });
      assertThat(meter.recordsAtTheEnd()).isEmpty();
    }
  }

  @Test
  @Timeout(30)
  void failureWhoseCausesRunInACircle_isSettled() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "5000 tokens", "block"))) {
      Exchange exchange =
          meter.openChat(
              "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
      RuntimeException first = new RuntimeException("first");
      first.initCause(new RuntimeException("second", first));
      exchange.failed(first);

      assertThat(meter.budget("b").reserved()).isZero();
      assertThat(meter.budget("b").used()).isPositive();
    }
  }

  /** Such as no memory for a copy of it. */
  @Test
  void requestThatCouldNotBeRead_isChargedWhatItsAnswerReports() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "5000 tokens", "block"))) {
      Exchange exchange =
          meter
              .engine
              .meter()
              .open(
                  new OutgoingCall(
                      "test",
                      "POST",
                      "localhost",
                      443,
                      EngineFixture.CHAT_PATH,
                      name -> {
                        if (name.equals("content-encoding")) {
                          throw new OutOfMemoryError("a test's");
                        }
                        return null;
                      },
                      new byte[] {'{', '}'},
                      null));
      EngineFixture.respond(
          exchange,
          200,
          "application/json",
          "{\"model\":\"gpt-4o\",\"choices\":[],\"usage\":{\"prompt_tokens\":30,"
              + "\"completion_tokens\":12}}");
      exchange.responseEnded();

      assertThat(meter.budget("b").used()).isEqualTo(42);
      assertThat(meter.engine.internalErrors().count()).isEqualTo(1);
      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.decision()).isEqualTo(Decision.UNMETERED);
      assertThat(record.usage().totalTokens()).isEqualTo(42);
    }
  }

  /** What it will cost is not known when the response ends, so that all of the hold is charged. */
  @Test
  void responseThatGoesOnInTheBackground_isChargedItsWholeHold() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "5000 tokens", "block"))) {
      Exchange exchange =
          meter.open(
              "/v1/responses",
              "{\"model\":\"gpt-4o\",\"background\":true,\"max_output_tokens\":700,"
                  + "\"input\":\"Hello\"}",
              Map.of());
      long held = meter.budget("b").reserved();
      EngineFixture.respond(
          exchange,
          200,
          "application/json",
          "{\"id\":\"r\",\"status\":\"queued\",\"model\":\"gpt-4o\",\"output\":[]}");
      exchange.responseEnded();

      assertThat(held).isGreaterThan(700);
      assertThat(meter.budget("b").used()).isEqualTo(held);
      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.usage()).isNull();
      assertThat(record.cost()).isNull();
    }
  }

  @Test
  void endsFromManyThreads_whileTheBodyIsRead_settleOnce() throws InterruptedException {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "100000000 tokens", "block"))) {
      int calls = 300;
      for (int i = 0; i < calls; i++) {
        Exchange exchange = meter.openChat(STREAMED_CHAT);
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads =
            List.of(
                new Thread(
                    () -> {
                      await(start);
                      EngineFixture.respond(exchange, 200, SSE, DELTA);
                      exchange.responseEnded();
                    }),
                new Thread(
                    () -> {
                      await(start);
                      exchange.abandoned();
                    }),
                new Thread(
                    () -> {
                      await(start);
                      exchange.failed(new IOException());
                    }));
        threads.forEach(Thread::start);
        start.countDown();
        for (Thread thread : threads) {
          thread.join();
        }
      }
      assertThat(meter.budget("b").reserved()).isZero();
      List<CallRecord> records = meter.recordsAtTheEnd();
      assertThat(records).hasSize(calls);
      assertThat(meter.budget("b").used())
          .isEqualTo(records.stream().mapToLong(r -> r.usage().totalTokens()).sum());
      assertThat(meter.engine.internalErrors().count()).isZero();
    }
  }

  @Test
  void unknownModel_worstCase_isChargedAgainstUsdBudgetsAndReportedAsUnpriced() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("usd", "100 USD", "block"))) {
      Exchange exchange = meter.openChat(CHAT.replace("gpt-4o-mini", "brand-new-model"));
      EngineFixture.respond(
          exchange, 200, JSON, ANSWER.replace("gpt-4o-mini-2024-07-18", "brand-new"));
      exchange.responseEnded();
      assertThat(meter.budget("usd").used()).isPositive();
      assertThat(meter.recordsAtTheEnd().get(0).cost()).isNull();
    }
  }

  @Test
  void unknownModel_refuse_refusesUnderAHardUsdBudgetOnly() {
    String refuse = "prices:\n  unknown-model: refuse\n";
    try (EngineFixture meter =
        new EngineFixture(home, refuse + EngineFixture.rule("usd", "100 USD", "block"))) {
      assertThat(meter.openChat(CHAT.replace("gpt-4o-mini", "brand-new-model")).verdict())
          .isInstanceOfSatisfying(
              Verdict.Refused.class,
              refused -> assertThat(refused.message()).contains("brand-new-model", "has no price"));
    }
    try (EngineFixture meter =
        new EngineFixture(home, refuse + EngineFixture.rule("tokens", "1000 tokens", "block"))) {
      assertThat(meter.openChat(CHAT.replace("gpt-4o-mini", "brand-new-model")).verdict())
          .isInstanceOf(Verdict.Admitted.class);
    }
  }

  @Test
  void otherTraffic_isNotWatched() {
    try (EngineFixture meter = new EngineFixture(home, "")) {
      assertThat(meter.engine.meter().watches("GET", "api.openai.com", "/v1/models")).isFalse();
      assertThat(meter.engine.meter().watches("POST", "example.com", "/orders")).isFalse();
      assertThat(meter.engine.meter().watches("POST", "localhost", EngineFixture.CHAT_PATH))
          .isTrue();
      assertThat(meter.open("/orders", "{}", java.util.Map.of())).isNull();
    }
  }

  @Test
  void api_reservesSettlesRefusesAndLists() {
    try (EngineFixture fixture =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      TokenMeter meter = TokenMeter.over(fixture.engine.backend());
      try (Reservation hold =
          meter.reservation("openai", "gpt-4o").inputTokens(100).maxOutputTokens(200).reserve()) {
        assertThat(meter.budget("b").orElseThrow().reserved()).isEqualTo(300);
        hold.settle(Usage.of(90, 10));
      }
      try (Reservation unused =
          meter.reservation("openai", "gpt-4o").inputText("Hello").maxOutputTokens(1).reserve()) {
        assertThat(meter.budget("b").orElseThrow().reserved()).isPositive();
      }
      Budget after = meter.budget("b").orElseThrow();
      assertThat(after.used()).isEqualTo(100);
      assertThat(after.reserved()).isZero();
      assertThat(after.remaining()).isEqualTo(900);
      assertThatThrownBy(
              () ->
                  meter
                      .reservation("openai", "gpt-4o")
                      .inputTokens(901)
                      .maxOutputTokens(0)
                      .reserve())
          .isInstanceOfSatisfying(
              BudgetExceededException.class,
              refused -> {
                assertThat(refused.budget().name()).isEqualTo("b");
                assertThat(refused.budget().remaining()).isEqualTo(900);
                assertThat(refused.requested()).isEqualTo(901);
              });
      assertThat(fixture.recordsAtTheEnd())
          .extracting(CallRecord::decision)
          .containsExactly(Decision.ADMITTED, Decision.REFUSED);
    }
  }

  @Test
  void listenerThatThrows_harmsNobody() {
    try (EngineFixture meter = new EngineFixture(home, "")) {
      meter.engine.addListener(
          new CallListener() {
            @Override
            public Object opening(OutgoingCall call) {
              throw new IllegalStateException("opening");
            }

            @Override
            public void closed(CallRecord record, Object captured) {
              throw new IllegalStateException("closed");
            }
          });
      Exchange exchange = meter.openChat(CHAT);
      EngineFixture.respond(exchange, 200, JSON, ANSWER);
      exchange.responseEnded();
      assertThat(meter.recordsAtTheEnd()).hasSize(1);
      assertThat(meter.engine.internalErrors().count()).isEqualTo(2);
    }
  }

  @Test
  void callLog_hasALineACall() throws IOException {
    String yaml = "calls:\n  file: calls.jsonl\n" + EngineFixture.rule("b", "1000 tokens", "block");
    try (EngineFixture meter = new EngineFixture(home, yaml)) {
      Exchange exchange = meter.openChat(CHAT);
      EngineFixture.respond(exchange, 200, JSON, ANSWER);
      exchange.responseEnded();
      long estimate = meter.recordsAtTheEnd().get(0).estimatedInputTokens();
      assertThat(Files.readString(home.resolve("calls.jsonl")))
          .isEqualTo(
              """
              {"time":"2026-11-22T12:00:00Z","provider":"openai","operation":"chat",\
              "request_model":"gpt-4o-mini","sent_model":null,"response_model":"gpt-4o-mini-2024-07-18",\
              "streaming":false,"decision":"admitted","budget":null,"waited_ms":null,"set_max_output_tokens":null,"input_tokens":30,\
              "cache_read_tokens":10,"cache_write_tokens":null,"output_tokens":12,\
              "reasoning_tokens":5,"estimated_input_tokens":%d,"usage_source":"provider",\
              "cost_usd":"0.000010950","duration_ms":0,"http_status":200,"error":null,\
              "attribution":{"team":"search"}}
              """
                  .formatted(estimate));
    }
  }

  /** The directory is none at first: as a disk that is full, until somebody makes room. */
  @Test
  void callLog_thatCannotBeWritten_saysWhyAndWritesEveryLineOnceItCan() throws IOException {
    Path logs = Files.createFile(home.resolve("logs"));
    String yaml =
        "calls:\n  file: logs/calls.jsonl\n" + EngineFixture.rule("b", "1000 tokens", "block");
    try (EngineFixture meter = new EngineFixture(home, yaml)) {
      for (int call = 0; call < 3; call++) {
        Exchange exchange = meter.openChat(CHAT);
        EngineFixture.respond(exchange, 200, JSON, ANSWER);
        exchange.responseEnded();
      }
      Awaitility.await()
          .untilAsserted(() -> assertThat(meter.engine.internalErrors().count()).isPositive());
      Awaitility.await().untilAsserted(() -> assertThat(meter.records).hasSize(3));
      Files.delete(logs);
      meter.ticks.addAndGet(2_000_000_000L);

      Awaitility.await()
          .untilAsserted(() -> assertThat(logs.resolve("calls.jsonl")).content().hasLineCount(3));
      meter.recordsAtTheEnd();
      assertThat(logs.resolve("calls.jsonl")).content().hasLineCount(3);
    }
  }

  @Test
  void absurdLimitToTheOutput_leavesObservingBudgetsUsable() {
    String rules =
        """
        budgets:
          rules:
            - { name: seen, limit: 1000000 USD, window: month, action: observe }
            - { name: hard, limit: 10 USD, window: day, action: block }
        """;
    try (EngineFixture meter = new EngineFixture(home, rules)) {
      Exchange exchange =
          meter.openChat(CHAT.replace("\"max_tokens\":100", "\"max_tokens\":9223372036854775807"));
      assertThat(exchange.verdict()).isInstanceOf(Verdict.Refused.class);
      assertThat(meter.budget("seen").reserved()).isZero();
    }
  }

  @Test
  void gzippedAnswerInTwoMembers_isChargedWithTheWholeHold() throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    for (String half : List.of(ANSWER.substring(0, 40), ANSWER.substring(40))) {
      try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
        out.write(half.getBytes(UTF_8));
      }
    }
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      Exchange exchange = meter.openChat(CHAT);
      long held = meter.budget("b").reserved();
      exchange.responseStarted(200, name -> name.equals("content-encoding") ? "gzip" : null);
      exchange.responseBytes(gzip.toByteArray(), 0, gzip.size());
      exchange.responseEnded();
      assertThat(meter.budget("b").used()).isEqualTo(held);
    }
  }

  @Test
  void api_attributionIsCleanedAsAtTheSeams() {
    try (EngineFixture fixture =
        new EngineFixture(home, EngineFixture.rule("b", "10 tokens", "block"))) {
      TokenMeter meter = TokenMeter.over(fixture.engine.backend());
      for (String disguise : List.of("search ", "search\n", "")) {
        assertThatThrownBy(
                () ->
                    meter
                        .reservation("openai", "gpt-4o")
                        .attribution(io.tokenmeter.api.Attribution.of("team", disguise))
                        .inputTokens(11)
                        .reserve())
            .isInstanceOf(BudgetExceededException.class);
      }
    }
  }

  @Test
  void api_absurdUsage_isChargedAndTheHoldEnds() {
    try (EngineFixture fixture =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      TokenMeter meter = TokenMeter.over(fixture.engine.backend());
      try (Reservation hold =
          meter.reservation("openai", "gpt-4o").inputTokens(5).maxOutputTokens(5).reserve()) {
        hold.settle(Usage.of(Long.MAX_VALUE, 1));
      }
      assertThat(fixture.budget("b").reserved()).isZero();
    }
  }

  @Test
  void end_chargesStreamsThatAreStillRead() {
    try (EngineFixture meter =
        new EngineFixture(home, EngineFixture.rule("b", "1000 tokens", "block"))) {
      Exchange exchange = meter.openChat(STREAMED_CHAT);
      EngineFixture.respond(exchange, 200, SSE, DELTA);
      Object body = new Object();
      exchange.watch(body);
      assertThat(meter.recordsAtTheEnd()).hasSize(1);
      assertThat(meter.records.get(0).usage().outputTokens()).isEqualTo(4);
      java.lang.ref.Reference.reachabilityFence(body);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
