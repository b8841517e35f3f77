package io.tokenmeter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that outgrow what they hold: they reserve more, become debt, or are cut off. */
class StreamBudgetTest {

  private static final String DONE = "data: [DONE]\n\n";

  @TempDir Path home;

  /** A provider's stream, whose every event brings five tokens or so. */
  private enum Wire {
    CHAT(
        "/v1/chat/completions",
        "{\"model\":\"gpt-4o-mini\",\"stream\":true,\"messages\":[]%s}",
        "",
        "data: {\"id\":\"c\",\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":"
            + "{\"content\":\"Hello, people! \"},\"finish_reason\":null}]}\n\n",
        "\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n"),
    RESPONSES(
        "/v1/responses",
        "{\"model\":\"gpt-4o-mini\",\"stream\":true,\"input\":\"\"%s}",
        "",
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
            + "\"output_index\":0,\"content_index\":0,\"delta\":\"Hello, people! \"}\n\n",
        "\"total_tokens\":"),
    MESSAGES(
        "/v1/messages",
        "{\"model\":\"claude-sonnet-4-5\",\"stream\":true,\"messages\":[]%s}",
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\","
            + "\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
            + "\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello, people! \"}}\n\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"),
    GENERATE(
        "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
        "{\"contents\":[]%s}",
        "",
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hello, people! \"}]},"
            + "\"index\":0}]}\r\n\r\n",
        "\"finishReason\":\"MAX_TOKENS\"");

    final String path;
    final String request;
    final String head;
    final String event;
    final String last;

    Wire(String path, String request, String head, String event, String last) {
      this.path = path;
      this.request = request;
      this.head = head;
      this.event = event;
      this.last = last;
    }
  }

  @Test
  void stream_thatOutgrowsItsHold_reservesAheadInSteps() {
    try (EngineFixture meter = holding(20, "100000 tokens", "")) {
      Exchange exchange = open(meter, Wire.CHAT);
      long first = meter.budget("b").reserved();
      Reading reading = new Reading(exchange);
      for (int i = 0; i < 300; i++) {
        reading.feed(Wire.CHAT.event.getBytes(UTF_8));
        long passed = 4L * (i + 1);
        assertThat(meter.budget("b").reserved()).isGreaterThanOrEqualTo(passed);
      }
      assertThat(meter.budget("b").reserved()).isBetween(first + 1200, first + 2200);
      reading.feed(DONE.getBytes(UTF_8));
      exchange.responseEnded();

      assertThat(meter.budget("b").reserved()).isZero();
      assertThat(meter.budget("b").used()).isBetween(1200L, 1250L);
      assertThat(meter.recordsAtTheEnd().get(0).decision()).isEqualTo(Decision.ADMITTED);
    }
  }

  @Test
  void stream_withoutCutoff_goesOnAndBecomesDebt() {
    try (EngineFixture meter = holding(20, "100 tokens", "")) {
      Exchange exchange = open(meter, Wire.CHAT);
      Reading reading = new Reading(exchange);
      assertThat(exchange.mayBeCut()).isFalse();
      for (int i = 0; i < 300; i++) {
        reading.feed(Wire.CHAT.event.getBytes(UTF_8));
      }
      assertThat(meter.budget("b").remaining()).isBetween(0L, 8L);
      exchange.responseEnded();

      assertThat(meter.budget("b").remaining()).isLessThan(-1000);
      assertThat(meter.budget("b").reserved()).isZero();
      assertThat(open(meter, Wire.CHAT).verdict()).isInstanceOf(Verdict.Refused.class);
    }
  }

  @Test
  void stream_whoseRequestStatesALimit_asksForMoreOnlyWhereTheProviderIgnoresIt() {
    try (EngineFixture meter = holding(20, "5000 tokens", "cutoff: true")) {
      Exchange exchange = open(meter, Wire.CHAT, ",\"max_tokens\":200");
      long held = meter.budget("b").reserved();
      Reading reading = new Reading(exchange);
      for (int i = 0; i < 50; i++) { // 200 tokens, and some more as we may count
        reading.feed(Wire.CHAT.event.getBytes(UTF_8));
      }
      for (int i = 0; i < 18; i++) {
        reading.feed(Wire.CHAT.event.getBytes(UTF_8));
      }
      assertThat(meter.budget("b").reserved()).isEqualTo(held);
      for (int i = 0; i < 10; i++) {
        reading.feed(Wire.CHAT.event.getBytes(UTF_8));
      }
      assertThat(meter.budget("b").reserved()).isGreaterThanOrEqualTo(282 + 512);
    }
  }

  @ParameterizedTest
  @EnumSource
  void stream_thatNothingIsLeftFor_endsInTheProvidersOwnWords(Wire wire) {
    cutOff(wire, false, Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @EnumSource
  void stream_compressed_endsInTheProvidersOwnWordsAndDecompressesWhole(Wire wire) {
    cutOff(wire, true, Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 1000})
  void stream_inPiecesCutAnywhere_isCutAtTheSameEvent(int piece) {
    cutOff(Wire.CHAT, false, piece);
    cutOff(Wire.CHAT, true, piece);
  }

  private void cutOff(Wire wire, boolean gzip, int piece) {
    Path at = home.resolve("cut" + gzip + piece);
    at.toFile().mkdirs();
    try (EngineFixture meter = holding(at, 20, "200 tokens", "cutoff: true")) {
      Exchange exchange = open(meter, wire, "", gzip ? "gzip" : null);
      assertThat(exchange.mayBeCut()).isTrue();
      String stream = wire.head + wire.event.repeat(2000);
      byte[] bytes = gzip ? gzip(stream) : stream.getBytes(UTF_8);
      Reading reading = new Reading(exchange);
      for (int i = 0; i < bytes.length && !reading.over; i += piece > 1 << 20 ? 50 : piece) {
        int length = Math.min(piece > 1 << 20 ? 50 : piece, bytes.length - i);
        reading.feed(Arrays.copyOfRange(bytes, i, i + length));
      }
      assertThat(reading.over).as("cut").isTrue();

      String seen = gzip ? gunzip(reading.seen.toByteArray()) : reading.seen.toString(UTF_8);
      int events = seen.split("Hello, people! ", -1).length - 1;
      String passed = wire.head + wire.event.repeat(wire == Wire.RESPONSES ? 1 : events);
      assertThat(seen).startsWith(passed).contains(wire.last);
      // What came is charged and little more than the budget had: one event, and the last steps.
      assertThat(meter.budget("b").reserved()).isZero();
      assertThat(meter.budget("b").used()).isBetween(185L, 210L);
      exchange.responseEnded();
      exchange.abandoned();
      assertThat(meter.budget("b").used()).isBetween(185L, 210L);
      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.decision()).isEqualTo(Decision.CUT_OFF);
      assertThat(record.budget()).isEqualTo("b");
      assertThat(record.usageReported()).isFalse();
      assertThat(record.error()).isNull();
      assertThat(record.finishReasons())
          .containsAnyOf("length", "max_tokens", "max_output_tokens", "MAX_TOKENS");
      if (wire == Wire.MESSAGES) {
        assertThat(record.usage().inputTokens()).isEqualTo(9);
      }
    }
  }

  /** What the provider never said must not pass for its usage. */
  @Test
  void stream_cancelledWhileItIsCut_isACutAllTheSame() {
    try (EngineFixture meter = holding(20, "200 tokens", "cutoff: true")) {
      Exchange exchange = open(meter, Wire.CHAT);
      Reading reading = new Reading(exchange);
      reading.feed(Wire.CHAT.event.repeat(30).getBytes(UTF_8));
      meter.atNextTick = exchange::abandoned;
      reading.feed(Wire.CHAT.event.repeat(30).getBytes(UTF_8));
      assertThat(reading.over).isTrue();

      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.decision()).isEqualTo(Decision.CUT_OFF);
      assertThat(record.usageReported()).isFalse();
      assertThat(record.budget()).isEqualTo("b");
    }
  }

  @Test
  void stream_compressedThatIsNotCut_isTheSameText() throws IOException {
    try (EngineFixture meter = holding(20, "100000 tokens", "cutoff: true")) {
      Exchange exchange = open(meter, Wire.CHAT, "", "gzip");
      String stream = Wire.CHAT.event.repeat(200) + DONE;
      Reading reading = new Reading(exchange);
      for (byte one : gzip(stream)) {
        reading.feed(new byte[] {one});
      }
      exchange.responseEnded();

      assertThat(gunzip(reading.seen.toByteArray())).isEqualTo(stream);
      assertThat(meter.recordsAtTheEnd().get(0).decision()).isEqualTo(Decision.ADMITTED);
    }
  }

  @Test
  void stream_thatEndsByItselfAtTheLastToken_isNotCut() {
    try (EngineFixture meter = holding(20, "24 tokens", "cutoff: true")) {
      Exchange exchange = open(meter, Wire.CHAT);
      Reading reading = new Reading(exchange);
      String last =
          Wire.CHAT.event.repeat(3)
              + Wire.CHAT
                  .event
                  .replace("Hello, people! ", "Hello, people! ".repeat(3))
                  .replace("null", "\"stop\"")
              + DONE;
      reading.feed(last.getBytes(UTF_8));
      exchange.responseEnded();

      assertThat(reading.seen.toString(UTF_8)).isEqualTo(last);
      assertThat(meter.recordsAtTheEnd().get(0).decision()).isEqualTo(Decision.ADMITTED);
    }
  }

  @Test
  void stream_thatGoesOnForHours_keepsItsHoldWhereASilentCallLosesIts() {
    String yaml =
        """
        budgets:
          rules:
            - {name: b, match: {model: gpt-4o-mini}, limit: 100000 tokens, window: day}
            - {name: silent, match: {model: gpt-4o}, limit: 100000 tokens, window: day}
        """;
    try (EngineFixture meter = new EngineFixture(home, yaml)) {
      meter.openChat("{\"model\":\"gpt-4o\",\"messages\":[]}");
      Reading reading = new Reading(open(meter, Wire.CHAT));
      for (int i = 0; i < 9; i++) {
        meter.pass(Duration.ofMinutes(15));
        reading.feed(": still thinking\n\n".getBytes(UTF_8));
      }
      while (meter.budget("silent").reserved() > 0) {
        Thread.onSpinWait(); // until the meter's thread has looked after the ledger
      }

      assertThat(meter.budget("b").reserved()).isPositive();
    }
  }

  @Test
  void stream_cutByOneOfTwoBudgets_isChargedToBoth() {
    String yaml =
        """
        budgets:
          default-max-output-tokens: 20
          rules:
            - {name: wide, limit: 100000 tokens, window: day}
            - {name: b, limit: 200 tokens, window: day, cutoff: true}
            - {name: watched, limit: 1 tokens, window: day, action: observe}
        """;
    try (EngineFixture meter = new EngineFixture(home, yaml)) {
      Exchange exchange = open(meter, Wire.CHAT);
      Reading reading = new Reading(exchange);
      while (!reading.over) {
        reading.feed(Wire.CHAT.event.getBytes(UTF_8));
      }
      assertThat(meter.budget("wide").reserved()).isZero();
      assertThat(meter.budget("wide").used()).isEqualTo(meter.budget("b").used());
      assertThat(meter.budget("watched").used()).isEqualTo(meter.budget("b").used());
      assertThat(meter.recordsAtTheEnd().get(0).decision()).isEqualTo(Decision.CUT_OFF);
    }
  }

  /** What the application sees. */
  private static final class Reading {
    private final Exchange exchange;
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private boolean over;

    Reading(Exchange exchange) {
      this.exchange = exchange;
    }

    void feed(byte[] bytes) {
      if (!exchange.mayBeCut()) {
        exchange.responseBytes(bytes, 0, bytes.length);
        seen.writeBytes(bytes);
        return;
      }
      Handover handover = exchange.handOver(bytes, 0, bytes.length);
      seen.writeBytes(handover == null ? bytes : handover.bytes());
      over = handover != null && handover.last();
    }
  }

  private static Exchange open(EngineFixture meter, Wire wire) {
    return open(meter, wire, "");
  }

  private static Exchange open(EngineFixture meter, Wire wire, String more) {
    return open(meter, wire, more, null);
  }

  private static Exchange open(EngineFixture meter, Wire wire, String more, String encoding) {
    Exchange exchange = meter.open(wire.path, wire.request.formatted(more), Map.of());
    exchange.responseStarted(
        200,
        name ->
            name.equals("content-type")
                ? "text/event-stream"
                : name.equals("content-encoding") ? encoding : null);
    return exchange;
  }

  private EngineFixture holding(int output, String limit, String more) {
    return holding(home, output, limit, more);
  }

  private static EngineFixture holding(Path at, int output, String limit, String more) {
    return new EngineFixture(
        at,
        """
        budgets:
          default-max-output-tokens: %d
          rules: [{name: b, limit: %s, window: day%s}]
        """
            .formatted(output, limit, more.isEmpty() ? "" : ", " + more));
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes, 512, true)) {
      for (String event : text.split("(?<=\n\n)")) {
        gzip.write(event.getBytes(UTF_8));
        gzip.flush();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  private static String gunzip(byte[] bytes) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
