package io.tokenmeter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that no budget waits for: the meter's thread reads and counts them when they are over. */
class UnbudgetedCallTest {
  private static final String CHAT =
      """
      {"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say hello to the people."}]}""";
  private static final String STREAMED_CHAT =
      CHAT.replace("{\"model\"", "{\"stream\":true,\"model\"");
  private static final String ANSWER =
      """
      {"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18",
       "choices":[{"index":0,"finish_reason":"stop","message":{"content":"Hello, people!"}}],
       "usage":{"prompt_tokens":30,"completion_tokens":12,"total_tokens":42}}""";
  private static final String DELTA =
      "data: {\"id\":\"chatcmpl-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello, people!\"}}]}\n\n";
  private static final String DONE = "data: [DONE]\n\n";
  private static final String JSON = "application/json";
  private static final String SSE = "text/event-stream";

  @TempDir Path home;

  @Test
  void call_isRecordedAsOneUnderABudgetIs() {
    CallRecord unbudgeted = record("", CHAT, JSON, ANSWER);
    CallRecord budgeted =
        record(EngineFixture.rule("b", "100000 tokens", "block"), CHAT, JSON, ANSWER);

    assertThat(unbudgeted.usage()).isEqualTo(budgeted.usage());
    assertThat(unbudgeted.cost()).isEqualTo(budgeted.cost());
    assertThat(unbudgeted.inputEstimate()).isEqualTo(budgeted.inputEstimate());
    assertThat(unbudgeted.duration()).isEqualTo(budgeted.duration());
    assertThat(unbudgeted.responseModel()).isEqualTo(budgeted.responseModel());
    assertThat(unbudgeted.finishReasons()).containsExactly("stop");
  }

  @Test
  void stream_longerThanWhatIsSetAside_isRecordedAsOneUnderABudgetIs() {
    String stream = DELTA.repeat(1_000) + DONE;
    CallRecord unbudgeted = record("", STREAMED_CHAT, SSE, stream);
    CallRecord budgeted =
        record(EngineFixture.rule("b", "100000 tokens", "block"), STREAMED_CHAT, SSE, stream);

    assertThat(unbudgeted.usage().outputTokens()).isEqualTo(4_000);
    assertThat(unbudgeted.usage()).isEqualTo(budgeted.usage());
    assertThat(unbudgeted.chunks()).isEqualTo(1_000);
    assertThat(unbudgeted.timeToFirstChunk()).isEqualTo(budgeted.timeToFirstChunk()).isNotNull();
  }

  private CallRecord record(String yaml, String request, String type, String response) {
    try (EngineFixture meter = new EngineFixture(home, yaml)) {
      Exchange exchange = meter.openChat(request);
      meter.ticks.addAndGet(Duration.ofMillis(5).toNanos());
      exchange.responseStarted(200, name -> name.equals("content-type") ? type : null);
      byte[] bytes = response.getBytes(StandardCharsets.UTF_8);
      for (int at = 0; at < bytes.length; at += 1_000) {
        exchange.responseBytes(bytes, at, Math.min(1_000, bytes.length - at));
      }
      meter.ticks.addAndGet(Duration.ofMillis(20).toNanos());
      exchange.responseEnded();
      meter.ticks.addAndGet(Duration.ofHours(1).toNanos());
      return meter.recordsAtTheEnd().get(0);
    }
  }

  @Test
  void stream_thatIsAbandoned_isChargedForWhatHasPassed() {
    try (EngineFixture meter = new EngineFixture(home, "")) {
      Exchange exchange = meter.openChat(STREAMED_CHAT);
      EngineFixture.respond(exchange, 200, SSE, DELTA.repeat(3));
      exchange.abandoned();

      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.usage().outputTokens()).isEqualTo(12);
      assertThat(record.usage().inputTokens()).isEqualTo(record.estimatedInputTokens());
      assertThat(record.error()).isEqualTo("abandoned");
    }
  }

  @Test
  void response_compressed_isReadAfterwards() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(ANSWER.getBytes(StandardCharsets.UTF_8));
    }
    try (EngineFixture meter = new EngineFixture(home, "")) {
      Exchange exchange = meter.openChat(CHAT);
      exchange.responseStarted(200, name -> name.equals("content-encoding") ? "gzip" : JSON);
      exchange.responseBytes(zipped.toByteArray(), 0, zipped.size());
      exchange.responseEnded();

      assertThat(meter.recordsAtTheEnd().get(0).usage().totalTokens()).isEqualTo(42);
    }
  }

  @Test
  void calls_whileTheMetersThreadIsStuck_waitWithinBoundsAndAllAreRecorded() {
    String longPrompt = CHAT.replace("hello", "hello, ".repeat(200_000));
    CountDownLatch stuck = new CountDownLatch(1);
    try (EngineFixture meter = new EngineFixture(home, "")) {
      meter.engine.addListener(
          (record, captured) -> {
            try {
              stuck.await();
            } catch (InterruptedException ended) {
              Thread.currentThread().interrupt();
            }
          });
      for (int i = 0; i < 30; i++) { // some 40 MB of prompts
        Exchange exchange = meter.openChat(longPrompt);
        EngineFixture.respond(exchange, 200, JSON, ANSWER);
        exchange.responseEnded();
      }
      stuck.countDown();

      List<CallRecord> records = meter.recordsAtTheEnd();
      assertThat(records).hasSize(30);
      assertThat(records).allMatch(record -> record.usage().totalTokens() == 42);
      assertThat(records.stream().map(CallRecord::estimatedInputTokens).distinct()).hasSize(1);
      assertThat(meter.engine.internalErrors().count()).isZero();
    }
  }
}
