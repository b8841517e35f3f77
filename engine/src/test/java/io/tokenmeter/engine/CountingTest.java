package io.tokenmeter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.calibration.Calibrator;
import io.tokenmeter.engine.calibration.ModelName;
import io.tokenmeter.engine.config.ConfigurationWatcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls of a model whose tokenizer nobody knows, through a real engine. */
class CountingTest {
  private static final String MODEL = "claude-sonnet-4-5";
  private static final String CANARY = "canary-7f3a";

  @TempDir Path home;
  private final AtomicInteger texts = new AtomicInteger();

  private String request() {
    return "{\"model\":\""
        + MODEL
        + "\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\""
        + (CANARY + " says something else each time, " + texts.incrementAndGet() + ". ").repeat(30)
        + "\"}]}";
  }

  private static String answer(long inputTokens) {
    return "{\"type\":\"message\",\"model\":\""
        + MODEL
        + "\",\"content\":[],\"usage\":{\"input_tokens\":"
        + inputTokens
        + ",\"output_tokens\":2}}";
  }

  /** Calls whose provider counts {@code factor} tokens for each that the base encoding has. */
  private void call(EngineFixture meter, double factor, int calls) {
    for (int i = 0; i < calls; i++) {
      String body = request();
      long tokens = meter.engine.counters().encodingOf(MODEL).count(body);
      Exchange exchange = meter.open("/v1/messages", body, Map.of());
      EngineFixture.respond(exchange, 200, "application/json", answer(Math.round(tokens * factor)));
      exchange.responseEnded();
    }
  }

  @Test
  void calls_reportedUsage_makesTheNextEstimateRight() throws Exception {
    try (EngineFixture meter = new EngineFixture(home, "")) {
      call(meter, 1.6, 200);
      CallRecord first = meter.recordsAtTheEnd().get(0);
      assertThat(error(first)).isGreaterThan(0.2);
    }
    try (EngineFixture meter = new EngineFixture(home, "")) {
      call(meter, 1.6, 1);
      CallRecord next = meter.recordsAtTheEnd().get(0);
      assertThat(error(next)).isLessThan(0.01);
      assertThat(next.inputEstimate().upperBound()).isGreaterThan(next.reportedInputTokens());
    }
    assertThat(Calibrator.learned(home)).containsOnlyKeys(new ModelName("anthropic", MODEL));
    assertThat(Files.readString(home.resolve("calibration.json"))).doesNotContain(CANARY);
  }

  @Test
  void calls_whileTheEngineRuns_areLearnedFromAtOnce() {
    try (EngineFixture meter = new EngineFixture(home, "")) {
      call(meter, 1.6, 100);
      Awaitility.await().until(() -> meter.records.size() == 100);
      call(meter, 1.6, 1);
      Awaitility.await().until(() -> meter.records.size() == 101);
      assertThat(error(meter.records.get(100))).isLessThan(0.02);
    }
  }

  @Test
  void learn_switchedOff_keepsToTheRules() {
    try (EngineFixture meter = new EngineFixture(home, "counting: {learn: false}")) {
      call(meter, 1.6, 100);
      Awaitility.await().until(() -> meter.records.size() == 100);
      call(meter, 1.6, 1);
      List<CallRecord> records = meter.recordsAtTheEnd();
      assertThat(error(records.get(100))).isGreaterThan(0.2);
      assertThat(home.resolve("calibration.json")).doesNotExist();
    }
  }

  @Test
  void rules_changedInTheFile_countTheNextCall() throws Exception {
    try (EngineFixture meter = new EngineFixture(home, "counting: {rules: [slack claude 100]}")) {
      meter.engine.follow(
          new ConfigurationWatcher(
              Map.of(
                  "tokenmeter.home",
                  home.toString(),
                  "tokenmeter.config",
                  home.resolve("tokenmeter.yaml").toString()),
              Map.of()));
      call(meter, 1.2, 1);
      Files.writeString(
          home.resolve("tokenmeter.yaml"), "counting: {rules: [slack claude 10000]}\n");
      // The meter's thread does its chores once a second of this clock.
      Awaitility.await()
          .until(
              () -> {
                meter.ticks.addAndGet(TimeUnit.SECONDS.toNanos(1));
                return !meter
                    .engine
                    .configuration()
                    .counting()
                    .rules()
                    .contains("slack claude 100");
              });
      call(meter, 1.2, 1);
      List<CallRecord> records = meter.recordsAtTheEnd();
      assertThat(held(records.get(1)) - held(records.get(0))).isBetween(9_000L, 10_500L);
    }
  }

  @Test
  void tokenizerFile_ofAModel_countsItsCalls() throws Exception {
    Files.writeString(home.resolve("tokenizer.json"), everyByteIsAToken());
    String yaml = "counting: {models: {claude-: tokenizer.json}, learn: false}";
    try (EngineFixture meter = new EngineFixture(home, yaml)) {
      Awaitility.await()
          .until(
              () -> {
                meter.ticks.addAndGet(TimeUnit.SECONDS.toNanos(1));
                return meter.engine.counters().encodingOf(MODEL).count("abc") == 3;
              });
      String body = request();
      String text = body.substring(body.indexOf(CANARY), body.lastIndexOf('"'));
      assertThat(estimateOf(meter, body))
          .isEqualTo(text.length() + "user".length() + 3 + 3); // framing
    }
  }

  @Test
  void tokenizerFile_thatIsNone_isSaidAndCountsByTheRules() throws Exception {
    Files.writeString(home.resolve("tokenizer.json"), "{}");
    String body = request();
    long[] byRules = estimates("counting: {learn: false}", body);
    try (EngineFixture meter =
        new EngineFixture(home, "counting: {models: {claude-: tokenizer.json}, learn: false}")) {
      meter.ticks.addAndGet(TimeUnit.SECONDS.toNanos(5));
      assertThat(estimateOf(meter, body)).isEqualTo(byRules[0]);
    }
  }

  private static long estimateOf(EngineFixture meter, String body) {
    Exchange exchange = meter.open("/v1/messages", body, Map.of());
    EngineFixture.respond(exchange, 200, "application/json", answer(10));
    exchange.responseEnded();
    return meter.recordsAtTheEnd().get(0).estimatedInputTokens();
  }

  /** A byte-level tokenizer without merges, with GPT-2's letters for bytes. */
  private static String everyByteIsAToken() {
    StringBuilder vocabulary = new StringBuilder();
    int others = 0;
    for (int value = 0; value < 256; value++) {
      boolean itself = (value > 32 && value < 127) || (value > 160 && value < 256 && value != 173);
      int letter = itself ? value : 256 + others++;
      vocabulary.append(value == 0 ? "" : ",").append("\"\\u%04x\":%d".formatted(letter, value));
    }
    return """
        {"version":"1.0","added_tokens":[],"normalizer":null,
         "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"use_regex":true},
         "post_processor":null,"decoder":{"type":"ByteLevel"},
         "model":{"type":"BPE","vocab":{%s},"merges":[]}}
        """
        .formatted(vocabulary);
  }

  @Test
  void history_remembered_countsAsAfresh() {
    String first = request();
    String second = first.replace("]}", ",{\"role\":\"assistant\",\"content\":\"Yes.\"}]}");
    long[] afresh = estimates("counting: {remembered-parts: 0, learn: false}", first, second);
    assertThat(estimates("counting: {learn: false}", first, second)).isEqualTo(afresh);
    assertThat(afresh[1]).isGreaterThan(afresh[0]);
  }

  private long[] estimates(String yaml, String... bodies) {
    try (EngineFixture meter = new EngineFixture(home, yaml)) {
      for (String body : bodies) {
        Exchange exchange = meter.open("/v1/messages", body, Map.of());
        EngineFixture.respond(exchange, 200, "application/json", answer(10));
        exchange.responseEnded();
      }
      return meter.recordsAtTheEnd().stream().mapToLong(CallRecord::estimatedInputTokens).toArray();
    }
  }

  private static long held(CallRecord call) {
    return call.inputEstimate().upperBound();
  }

  private static double error(CallRecord call) {
    double reported = call.reportedInputTokens();
    return Math.abs(call.estimatedInputTokens() - reported) / reported;
  }
}
