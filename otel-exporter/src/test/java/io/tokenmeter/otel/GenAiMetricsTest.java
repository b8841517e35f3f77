package io.tokenmeter.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GenAiMetricsTest {
  private static final String CALL =
      "gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o"
          + " gen_ai.response.model=gpt-4o-2024-08-06";
  private static final String SERVER = " server.address=api.openai.com server.port=443";

  private TestTelemetry telemetry = new TestTelemetry();

  @AfterEach
  void close() {
    telemetry.close();
  }

  @Test
  void tokenUsage_cachedInput_inputIncludesIt() {
    telemetry.record(TestCall.chat());

    assertThat(telemetry.points("gen_ai.client.token.usage"))
        .containsOnly(
            entry(CALL + " gen_ai.token.type=input" + SERVER, 150.0),
            entry(CALL + " gen_ai.token.type=output" + SERVER, 20.0));
  }

  @Test
  void tokenUsage_unknown_isOmitted() {
    telemetry.record(TestCall.chat().usage(null));

    assertThat(telemetry.points("gen_ai.client.token.usage")).isEmpty();
  }

  @Test
  void tokenUsage_outputUnknown_onlyInputIsRecorded() {
    telemetry.record(
        TestCall.chat().usage(Usage.builder().tokens(TokenClass.UNCACHED_INPUT, 7).build()));

    assertThat(telemetry.points("gen_ai.client.token.usage"))
        .containsOnly(entry(CALL + " gen_ai.token.type=input" + SERVER, 7.0));
  }

  @Test
  void tokenUsage_boundaries_arePowersOfFour() {
    telemetry.record(TestCall.chat());

    assertThat(histogram("gen_ai.client.token.usage").getBoundaries())
        .containsExactly(
            1.0,
            4.0,
            16.0,
            64.0,
            256.0,
            1024.0,
            4096.0,
            16384.0,
            65536.0,
            262144.0,
            1048576.0,
            4194304.0,
            16777216.0,
            67108864.0);
  }

  @Test
  void operationDuration_success_isInSecondsWithoutErrorType() {
    telemetry.record(TestCall.chat());

    assertThat(telemetry.points("gen_ai.client.operation.duration"))
        .containsOnly(entry(CALL + SERVER, 1.5));
    assertThat(histogram("gen_ai.client.operation.duration").getBoundaries())
        .containsExactly(
            0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
  }

  @Test
  void operationDuration_failure_hasErrorType() {
    telemetry.record(TestCall.chat().failed("429", 429));

    assertThat(telemetry.points("gen_ai.client.operation.duration"))
        .containsOnly(
            entry(
                "error.type=429 gen_ai.operation.name=chat gen_ai.provider.name=openai"
                    + " gen_ai.request.model=gpt-4o"
                    + SERVER,
                1.5));
  }

  @Test
  void operationDuration_refusedCall_isNotRecorded() {
    telemetry.record(TestCall.refusedBy("team-month"));

    assertThat(telemetry.metrics()).doesNotContainKey("gen_ai.client.operation.duration");
  }

  @Test
  void operationDuration_reservationInCode_hasNoServer() {
    telemetry.record(TestCall.chat().inCode());

    assertThat(telemetry.points("gen_ai.client.operation.duration")).containsOnlyKeys(CALL);
  }

  @Test
  void stream_ofElevenChunks_recordsFirstAndMeanOfTheRest() {
    telemetry.record(TestCall.chat().streamed(Duration.ofMillis(500), 11));

    assertThat(telemetry.points("gen_ai.client.operation.time_to_first_chunk"))
        .containsOnly(entry(CALL + SERVER, 0.5));
    assertThat(telemetry.points("gen_ai.client.operation.time_per_output_chunk"))
        .containsOnly(entry(CALL + SERVER, 0.1));
  }

  @Test
  void stream_ofOneChunk_hasNoTimePerChunk() {
    telemetry.record(TestCall.chat().streamed(Duration.ofMillis(500), 1));

    assertThat(telemetry.metrics())
        .containsKey("gen_ai.client.operation.time_to_first_chunk")
        .doesNotContainKey("gen_ai.client.operation.time_per_output_chunk");
  }

  @Test
  void plainCall_hasNoStreamMetrics() {
    telemetry.record(TestCall.chat());

    assertThat(telemetry.metrics())
        .doesNotContainKeys(
            "gen_ai.client.operation.time_to_first_chunk",
            "gen_ai.client.operation.time_per_output_chunk");
  }

  @Test
  void metrics_fromSpan_haveItAsExemplar() {
    telemetry.record(TestCall.chat());

    assertThat(histogram("gen_ai.client.operation.duration").getExemplars())
        .singleElement()
        .satisfies(
            exemplar ->
                assertThat(exemplar.getSpanContext().getSpanId())
                    .isEqualTo(telemetry.span().getSpanId()));
  }

  @Test
  void next_audioCall_countsByModality() {
    next();
    telemetry.record(
        TestCall.chat()
            .usage(
                Usage.builder()
                    .tokens(TokenClass.UNCACHED_INPUT, 100)
                    .tokens(TokenClass.AUDIO_INPUT, 30)
                    .tokens(TokenClass.CACHE_READ, 50)
                    .tokens(TokenClass.CACHE_WRITE_5M, 5)
                    .tokens(TokenClass.CACHE_WRITE_1H, 6)
                    .tokens(TokenClass.OUTPUT, 20)
                    .tokens(TokenClass.REASONING, 9)
                    .build()));

    String unknown = CALL + " gen_ai.token.modality=unknown" + SERVER;
    String audio = CALL + " gen_ai.token.modality=audio" + SERVER;
    String usage = "gen_ai.client.inference.usage.";
    assertThat(telemetry.points(usage + "input_tokens"))
        .containsOnly(entry(unknown, 161.0), entry(audio, 30.0));
    assertThat(telemetry.points(usage + "output_tokens")).containsOnly(entry(unknown, 29.0));
    assertThat(telemetry.points(usage + "cache_read.input_tokens"))
        .containsOnly(entry(unknown, 50.0));
    assertThat(telemetry.points(usage + "cache_write.input_tokens"))
        .containsOnly(entry(unknown, 11.0));
    assertThat(telemetry.points(usage + "reasoning.output_tokens"))
        .containsOnly(entry(unknown, 9.0));
    assertThat(telemetry.points("gen_ai.client.inference.operation.input_tokens"))
        .containsOnly(entry(CALL + SERVER, 191.0));
    assertThat(telemetry.points("gen_ai.client.inference.operation.output_tokens"))
        .containsOnly(entry(CALL + SERVER, 29.0));
    assertThat(telemetry.metrics()).doesNotContainKey("gen_ai.client.token.usage");
  }

  @Test
  void next_embeddings_haveTheirOwnDurationAndNoInferenceTokens() {
    next();
    telemetry.record(TestCall.chat().operation("embeddings"));

    assertThat(telemetry.metrics().keySet())
        .filteredOn(name -> name.startsWith("gen_ai."))
        .containsExactly("gen_ai.client.operation.duration");
  }

  @Test
  void next_stream_hasNewNames() {
    next();
    telemetry.record(TestCall.chat().streamed(Duration.ofMillis(500), 11));

    Map<String, Double> duration = telemetry.points("gen_ai.client.inference.duration");
    assertThat(duration).containsOnly(entry(CALL + SERVER, 1.5));
    assertThat(telemetry.metrics())
        .containsKeys(
            "gen_ai.client.inference.time_to_first_chunk",
            "gen_ai.client.inference.time_per_output_chunk");
  }

  private void next() {
    telemetry.close();
    telemetry = new TestTelemetry(TestTelemetry.settings("next", Map.of()));
  }

  private HistogramPointData histogram(String name) {
    return List.copyOf(telemetry.metrics().get(name).getHistogramData().getPoints()).get(0);
  }
}
