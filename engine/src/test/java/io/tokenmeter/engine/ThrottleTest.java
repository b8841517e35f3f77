package io.tokenmeter.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.api.BudgetExceededException;
import io.tokenmeter.api.TokenMeter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls that wait for a budget. The meter's own thread serves them; the clocks are ours. */
@Timeout(60)
class ThrottleTest {
  private static final String CHAT =
      """
      {"model":"gpt-4o-mini","max_tokens":%d,"messages":[{"role":"user","content":"Hello"}]}""";

  /** By then the meter's thread has looked at the lines several times. */
  private static final long SEVERAL_LOOKS_MILLIS = 500;

  @TempDir Path home;

  private final BlockingQueue<Integer> served = new LinkedBlockingQueue<>();

  @Test
  void call_thatDoesNotFit_waitsUntilTheBucketHasRefilled() throws Exception {
    try (EngineFixture meter = throttling("1000 tokens", "minute", "30s")) {
      use(meter, 900);
      Waiting waiting = waiting(meter.openChat(CHAT.formatted(400)));
      CompletableFuture<@Nullable Exchange> next = follow(waiting);

      meter.pass(Duration.ofSeconds(10)); // 167 tokens more
      assertStillWaiting(next);
      meter.pass(Duration.ofSeconds(15));
      Exchange exchange = next.get();

      admitted(exchange);
      exchange.responseEnded();
      CallRecord record = meter.recordsAtTheEnd().get(1);
      assertThat(record.decision()).isEqualTo(Decision.THROTTLED);
      assertThat(record.budget()).isEqualTo("b");
      assertThat(record.intervention().waited()).isEqualTo(Duration.ofSeconds(25));
      assertThat(record.intervention().sentModel()).isNull();
    }
  }

  @Test
  void calls_areServedInTheOrderOfTheirComing_smallOnesTooAndNewOnesLast() throws Exception {
    try (EngineFixture meter = throttling("1000 tokens", "minute", "60s")) {
      Exchange first = admitted(meter.openChat(CHAT.formatted(950)));
      List<Waiting> line = new ArrayList<>();
      for (int size : new int[] {900, 1, 2, 3}) {
        line.add(waiting(meter.openChat(CHAT.formatted(size))));
      }
      for (int i = 0; i < line.size(); i++) {
        int place = i;
        line.get(i).then(Runnable::run, exchange -> served.add(place));
      }
      assertThat(served.poll(SEVERAL_LOOKS_MILLIS, TimeUnit.MILLISECONDS)).isNull();

      first.notSent();

      for (int i = 0; i < line.size(); i++) {
        assertThat(served.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
      }
    }
  }

  @Test
  void call_behindABigOne_doesNotOvertakeItThoughItWouldFit() throws Exception {
    try (EngineFixture meter = throttling("1000 tokens", "minute", "60s")) {
      Exchange first = admitted(meter.openChat(CHAT.formatted(500)));
      CompletableFuture<@Nullable Exchange> big =
          follow(waiting(meter.openChat(CHAT.formatted(900))));
      CompletableFuture<@Nullable Exchange> small =
          follow(waiting(meter.openChat(CHAT.formatted(1))));
      assertStillWaiting(small);

      first.notSent();

      admitted(big.get());
      admitted(small.get());
    }
  }

  @Test
  void call_ofAnotherRow_isNotHeldUp() {
    String yaml =
        """
        budgets:
          rules: [{name: b, per: [provider], limit: 1000 tokens, window: minute,
                   action: throttle, max-wait: 60s}]
        """;
    try (EngineFixture meter = new EngineFixture(home, yaml)) {
      admitted(meter.openChat(CHAT.formatted(950)));
      waiting(meter.openChat(CHAT.formatted(900)));

      admitted(
          meter.open(
              "/v1/messages",
              CHAT.formatted(900).replace("gpt-4o-mini", "claude-sonnet-4-5"),
              java.util.Map.of()));
    }
  }

  @Test
  void call_thatNoWaitingWouldHelp_isRefusedAtOnce() {
    try (EngineFixture meter = throttling("1000 tokens", "day", "30s")) {
      use(meter, 800);

      refused(meter.openChat(CHAT.formatted(400)), "waiting 30 s would not help");
      refused(meter.openChat(CHAT.formatted(5000)), "waiting 30 s would not help");
    }
  }

  @Test
  void call_inARollingWindow_waitsOnlyForWhatWillHaveLeftByThen() throws Exception {
    try (EngineFixture meter = throttling("1000 tokens", "rolling 1h", "10m")) {
      use(meter, 900);
      meter.pass(Duration.ofMinutes(30));
      refused(meter.openChat(CHAT.formatted(400)), "waiting 600 s would not help");
      meter.pass(Duration.ofMinutes(28));
      CompletableFuture<@Nullable Exchange> next =
          follow(waiting(meter.openChat(CHAT.formatted(400))));
      assertStillWaiting(next);
      meter.pass(Duration.ofMinutes(6));

      admitted(next.get());
    }
  }

  @Test
  void call_shortlyBeforeTheWindowEnds_waitsForTheNext() throws Exception {
    try (EngineFixture meter = throttling("1000 tokens", "day", "30s")) {
      meter.now = java.time.Instant.parse("2026-11-22T23:59:40Z");
      admitted(meter.openChat(CHAT.formatted(900)));
      CompletableFuture<@Nullable Exchange> next =
          follow(waiting(meter.openChat(CHAT.formatted(900))));
      assertStillWaiting(next);
      meter.pass(Duration.ofSeconds(21));

      admitted(next.get());
    }
  }

  @Test
  void call_whoseTimeIsUp_isRefusedWithHowLongItWaited() throws Exception {
    try (EngineFixture meter = throttling("1000 tokens", "day", "30s")) {
      admitted(meter.openChat(CHAT.formatted(900)));
      CompletableFuture<@Nullable Exchange> head =
          follow(waiting(meter.openChat(CHAT.formatted(900))));
      CompletableFuture<@Nullable Exchange> second =
          follow(waiting(meter.openChat(CHAT.formatted(900))));
      meter.pass(Duration.ofSeconds(30));

      refused(head.get(), "after it had waited 30 s of at most 30 s");
      refused(second.get(), "after it had waited 30 s of at most 30 s");
      assertThat(meter.recordsAtTheEnd())
          .filteredOn(record -> record.decision() == Decision.REFUSED)
          .hasSize(2)
          .allMatch(record -> record.intervention().waited().equals(Duration.ofSeconds(30)));
    }
  }

  @Test
  void call_givenUp_leavesTheLineToTheNextAndHoldsNothing() throws Exception {
    try (EngineFixture meter = throttling("1000 tokens", "day", "30s")) {
      Exchange first = admitted(meter.openChat(CHAT.formatted(500)));
      Waiting big = waiting(meter.openChat(CHAT.formatted(900)));
      CompletableFuture<@Nullable Exchange> gone = follow(big);
      CompletableFuture<@Nullable Exchange> small =
          follow(waiting(meter.openChat(CHAT.formatted(100))));
      assertStillWaiting(small);

      big.cancel();

      admitted(small.get());
      assertThat(gone).isNotDone();
      first.notSent();
      small.get().notSent();
      assertThat(meter.budget("b").reserved()).isZero();
      List<CallRecord> records = meter.recordsAtTheEnd();
      assertThat(records).extracting(CallRecord::decision).containsExactly(Decision.GIVEN_UP);
      assertThat(records.get(0).error()).isEqualTo("abandoned");
      assertThat(records.get(0).usage()).isNull();
    }
  }

  @Test
  void call_givenUpAfterItsTurnCameButBeforeItWentOn_givesTheHoldBack() {
    try (EngineFixture meter = throttling("1000 tokens", "day", "30s")) {
      Exchange first = admitted(meter.openChat(CHAT.formatted(900)));
      Waiting waiting = waiting(meter.openChat(CHAT.formatted(900)));
      long input = meter.budget("b").reserved() - 900;
      first.notSent();
      while (meter.budget("b").reserved() != 900 + input) {
        Thread.onSpinWait();
      }

      waiting.cancel();

      while (meter.budget("b").reserved() != 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void call_onAnInterruptedThread_leavesTheLine() throws Exception {
    try (EngineFixture meter = throttling("1000 tokens", "day", "30s")) {
      Exchange first = admitted(meter.openChat(CHAT.formatted(900)));
      Waiting waiting = waiting(meter.openChat(CHAT.formatted(900)));
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  waiting.await(() -> false);
                  interrupted.complete(false);
                } catch (InterruptedException e) {
                  interrupted.complete(true);
                }
              });
      caller.start();
      caller.interrupt();

      assertThat(interrupted.get()).isTrue();
      first.notSent();
      assertThat(meter.recordsAtTheEnd())
          .extracting(CallRecord::decision)
          .containsExactly(Decision.GIVEN_UP);
    }
  }

  @Test
  void call_thatTheApplicationCancels_leavesTheLine() throws Exception {
    try (EngineFixture meter = throttling("1000 tokens", "day", "30s")) {
      Exchange first = admitted(meter.openChat(CHAT.formatted(900)));
      Waiting waiting = waiting(meter.openChat(CHAT.formatted(900)));

      assertThat(waiting.await(() -> true)).isNull();
      first.notSent();
      assertThat(meter.recordsAtTheEnd())
          .extracting(CallRecord::decision)
          .containsExactly(Decision.GIVEN_UP);
    }
  }

  @Test
  void close_sendsTheWaitingAway() throws Exception {
    EngineFixture meter = throttling("1000 tokens", "day", "30s");
    admitted(meter.openChat(CHAT.formatted(900)));
    CompletableFuture<@Nullable Exchange> next =
        follow(waiting(meter.openChat(CHAT.formatted(900))));

    meter.close();

    refused(next.get(), "'b'");
  }

  @Test
  void reservation_ofTheApi_waitsOnItsCallersThread() throws Exception {
    try (EngineFixture meter = throttling("1000 tokens", "day", "30s")) {
      Exchange first = admitted(meter.openChat(CHAT.formatted(900)));
      TokenMeter api = TokenMeter.over(meter.engine.backend());
      CompletableFuture<Boolean> reserved =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  api.reservation("openai", "gpt-4o-mini")
                      .inputTokens(10)
                      .maxOutputTokens(800)
                      .reserve();
                  return true;
                } catch (BudgetExceededException e) {
                  return false;
                }
              });
      assertStillWaiting(reserved);
      first.notSent();

      assertThat(reserved.get()).isTrue();
    }
  }

  /** The meter's thread serves the lines: it cannot stand in one. */
  @Test
  void reservation_ofAListener_doesNotWaitButIsRefused() throws Exception {
    String yaml =
        """
        budgets:
          rules:
            - {name: b, match: {provider: openai}, limit: 1000 tokens, window: day,
               thresholds: [50], action: observe}
            - {name: line, match: {provider: anthropic}, limit: 1000 tokens, window: day,
               action: throttle, max-wait: 60s}
        """;
    try (EngineFixture meter = new EngineFixture(home, yaml)) {
      TokenMeter api = TokenMeter.over(meter.engine.backend());
      CompletableFuture<String> refused = new CompletableFuture<>();
      try (AutoCloseable listening =
          api.onThreshold(
              threshold -> {
                try {
                  api.reservation("anthropic", "claude-sonnet-4-5")
                      .inputTokens(10)
                      .maxOutputTokens(100)
                      .reserve();
                  refused.complete("was admitted");
                } catch (BudgetExceededException e) {
                  refused.complete(e.getMessage());
                }
              })) {
        api.reservation("anthropic", "claude-sonnet-4-5")
            .inputTokens(900)
            .maxOutputTokens(100)
            .reserve();
        use(meter, 900);
        meter.pass(Duration.ofSeconds(2)); // thresholds are looked at once a second

        assertThat(refused.get(10, TimeUnit.SECONDS)).contains("'line'").contains("110 tokens");
      }
    }
  }

  /** One end each: either it was refused or it was given up. */
  @Test
  void calls_givenUpWhileTheirTimeRunsOut_haveOneRecordEach() {
    int rounds = 20;
    int calls = 300;
    for (int round = 0; round < rounds; round++) {
      try (EngineFixture meter =
          throttling(home.resolve("round" + round), "1000 tokens", "day", "30s")) {
        admitted(meter.openChat(CHAT.formatted(900)));
        List<Waiting> line = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
          line.add(waiting(meter.openChat(CHAT.formatted(900))));
        }
        CompletableFuture<@Nullable Exchange> first = follow(line.get(0));
        meter.pass(Duration.ofSeconds(30));
        first.join();
        for (int i = calls - 1; i > 0; i--) {
          line.get(i).cancel();
        }

        assertThat(meter.recordsAtTheEnd())
            .filteredOn(
                record ->
                    record.decision() == Decision.REFUSED || record.decision() == Decision.GIVEN_UP)
            .hasSize(calls);
      }
    }
  }

  @Test
  void throttleAndDowngrade_theCheaperModelGoesBeforeWaiting() {
    String yaml =
        """
        budgets:
          rules:
            - {name: wait, match: {model: gpt-4o}, limit: 100 tokens, window: minute, action: throttle}
            - {name: cheaper, match: {model: gpt-4o}, limit: 50 tokens, window: minute,
               action: downgrade, downgrade-to: gpt-4o-mini}
        """;
    try (EngineFixture meter = new EngineFixture(home, yaml)) {
      assertThat(admitted(meter.openChat(CHAT.formatted(900).replace("gpt-4o-mini", "gpt-4o"))))
          .isNotNull();
    }
  }

  private EngineFixture throttling(String limit, String window, String maxWait) {
    return throttling(home, limit, window, maxWait);
  }

  private static EngineFixture throttling(Path at, String limit, String window, String maxWait) {
    at.toFile().mkdirs();
    return new EngineFixture(
        at,
        """
        budgets:
          rules: [{name: b, limit: %s, window: %s, action: throttle, max-wait: %s}]
        """
            .formatted(limit, window, maxWait));
  }

  /** A call that has used so many tokens. */
  private static void use(EngineFixture meter, long tokens) {
    Exchange used = admitted(meter.openChat(CHAT.formatted(100)));
    EngineFixture.respond(
        used,
        200,
        "application/json",
        "{\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":100,"
            + "\"completion_tokens\":"
            + (tokens - 100)
            + "}}");
    used.responseEnded();
  }

  private static CompletableFuture<@Nullable Exchange> follow(Waiting waiting) {
    CompletableFuture<@Nullable Exchange> next = new CompletableFuture<>();
    waiting.then(Runnable::run, next::complete);
    return next;
  }

  private static void assertStillWaiting(CompletableFuture<?> next) {
    assertThatThrownBy(() -> next.get(SEVERAL_LOOKS_MILLIS, TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
  }

  private static Exchange admitted(Exchange exchange) {
    assertThat(exchange.verdict()).isInstanceOf(Verdict.Admitted.class);
    return exchange;
  }

  private static Waiting waiting(Exchange exchange) {
    assertThat(exchange.verdict()).isInstanceOf(Waiting.class);
    return (Waiting) exchange.verdict();
  }

  private static void refused(Exchange exchange, String part) {
    assertThat(exchange.verdict())
        .isInstanceOfSatisfying(
            Verdict.Refused.class, refused -> assertThat(refused.message()).contains(part));
  }
}
