package io.tokenmeter.providers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams that end early, wherever between two events, as the provider itself would end them. */
class StreamCutterTest {
  private static final Usage USED = Usage.of(11, 7);
  private static final String GEMINI = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";
  private static final Map<String, String> REQUESTS =
      Map.of(
          "/v1/chat/completions",
          "{\"stream_options\":{\"include_usage\":true}}",
          "/v1/completions",
          "{\"n\":1}",
          "/v1/responses",
          "{}",
          "/v1/messages",
          "{}",
          GEMINI,
          "{}");

  /** A stream that was cut. */
  private record Cut(String passed, String ending) {
    String whole() {
      return passed + ending;
    }
  }

  static Stream<Exchanges.Response> streams() {
    return Exchanges.responses().stream()
        .filter(sample -> sample.status() == 200 && REQUESTS.containsKey(sample.path()))
        .filter(sample -> !sample.body().startsWith("{"));
  }

  static Stream<Exchanges.Response> streamsInOtherForms() {
    return streams()
        .flatMap(
            sample ->
                sample.isStream()
                    ? Stream.of(sample, sample.withBody(sample.body().replace("\n", "\r\n")))
                    : Stream.of(sample));
  }

  @ParameterizedTest
  @MethodSource("streamsInOtherForms")
  void ending_afterAnyEventButTheLast_isTheProvidersOwn(Exchanges.Response sample) {
    List<Cut> cuts = cuts(sample);

    assertThat(cuts.isEmpty()).isEqualTo(boundaries(sample, Integer.MAX_VALUE).size() < 2);
    for (Cut cut : cuts) {
      assertThat(sample.body()).startsWith(cut.passed());
      Reading reading = Reading.of(sample.dialect(), cut.whole());
      assertThat(reading.facts().complete()).as(cut.whole()).isTrue();
      assertThat(reading.facts().errorType()).isNull();
      assertThat(reading.facts().finishReasons())
          .as(cut.whole())
          .isNotEmpty()
          .allMatch(
              reason ->
                  List.of("length", "max_output_tokens", "max_tokens", "MAX_TOKENS")
                      .contains(reason));
      assertThat(reading.output()).isEqualTo(Reading.of(sample.dialect(), cut.passed()).output());
    }
  }

  @ParameterizedTest
  @MethodSource("streams")
  void take_cutAnywhere_findsTheSameBoundaries(Exchanges.Response sample) {
    List<Integer> whole = boundaries(sample, Integer.MAX_VALUE);

    assertThat(boundaries(sample, 1)).isEqualTo(whole);
    assertThat(boundaries(sample, 7)).isEqualTo(whole);
    for (int boundary : whole) {
      String before = sample.body().substring(0, boundary);
      assertThat(before).endsWith(sample.isStream() ? "\n\n" : "}");
    }
  }

  @ParameterizedTest
  @MethodSource("streams")
  void isOver_atTheEndOfAStream_sothatNothingIsCutThere(Exchanges.Response sample) {
    StreamCutter cutter = cutter(sample.path());
    feed(cutter, sample.body());
    assertThat(cutter.isOver())
        .isEqualTo(
            Reading.of(sample.dialect(), sample.body()).facts().complete()
                || Reading.of(sample.dialect(), sample.body()).facts().errorType() != null);
  }

  @Test
  void chat_ending_closesEachChoiceAndReportsUsageWhereItWasAskedFor() {
    String begun =
        "data: {\"id\":\"c1\",\"created\":17,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},"
            + "\"finish_reason\":\"stop\"}]}\n\n";

    assertThat(end("/v1/chat/completions", "{\"n\":2}", begun))
        .isEqualTo(
            "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":17,\"model\":\"m\","
                + "\"choices\":[{\"index\":1,\"delta\":{},\"logprobs\":null,"
                + "\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n");
    assertThat(
            end(
                "/v1/chat/completions",
                "{\"stream_options\":{\"include_usage\":true}}",
                "data: {}\n\n"))
        .contains("\"finish_reason\":\"length\"}],\"usage\":null}")
        .contains(
            "\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7,"
                + "\"total_tokens\":18}}");
  }

  @Test
  void messages_ending_closesTheOpenBlock() {
    String begun =
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0}\n\n"
            + "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
            + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1}\n\n";

    assertThat(end("/v1/messages", "{}", begun))
        .isEqualTo(
            """
            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},\
            "usage":{"output_tokens":7}}

            event: message_stop
            data: {"type":"message_stop"}

            """);
  }

  @Test
  void responses_ending_repeatsTheWholeResponse() {
    String begun =
        """
        event: response.created
        data: {"type":"response.created","sequence_number":0,"response":{"id":"r1","model":"m","status":"in_progress","output":[],"usage":null}}

        event: response.output_item.added
        data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"i1","type":"message","status":"in_progress","content":[],"role":"assistant"}}

        event: response.output_text.delta
        data: {"type":"response.output_text.delta","sequence_number":2,"item_id":"i1","output_index":0,"content_index":0,"delta":"Hel"}

        event: response.output_text.delta
        data: {"type":"response.output_text.delta","sequence_number":3,"item_id":"i1","output_index":0,"content_index":0,"delta":"lo"}

        """;
    String item =
        "{\"id\":\"i1\",\"type\":\"message\",\"role\":\"assistant\",\"status\":\"incomplete\","
            + "\"content\":[{\"type\":\"output_text\",\"text\":\"Hello\",\"annotations\":[]}]}";

    assertThat(end("/v1/responses", "{}", begun))
        .contains(
            "event: response.output_text.done\ndata: {\"type\":\"response.output_text.done\",")
        .contains("\"sequence_number\":4,")
        .contains("\"output_index\":0,\"item\":" + item + "}\n\n")
        .endsWith(
            "event: response.incomplete\ndata: {\"type\":\"response.incomplete\","
                + "\"sequence_number\":7,\"response\":{\"id\":\"r1\",\"model\":\"m\","
                + "\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"max_output_tokens\"},"
                + "\"output\":["
                + item
                + "],\"usage\":{\"input_tokens\":11,\"input_tokens_details\":{\"cached_tokens\":0},"
                + "\"output_tokens\":7,\"output_tokens_details\":{\"reasoning_tokens\":0},"
                + "\"total_tokens\":18}}}\n\n");
  }

  @Test
  void gemini_endingOfAnArray_closesTheArray() {
    String ending = end(GEMINI, "{}", "[{\"candidates\":[{\"content\":{\"parts\":[]}}]}");

    assertThat(ending).startsWith(",\r\n{\"candidates\":[{\"content\"").endsWith("}\r\n]");
  }

  @Test
  void plainBody_andEmbedding_areNeverCut() {
    StreamCutter cutter = cutter("/v1/chat/completions");
    byte[] body = "{\"choices\":[]}\n\n{}\n\n".getBytes(UTF_8);

    assertThat(cutter.take(body, 0, body.length)).isEqualTo(body.length);
    assertThat(cutter.isBetweenEvents()).isFalse();
    assertThat(Dialects.find("POST", "h", "/v1/embeddings").streamCutter(new byte[0])).isNull();
  }

  private static List<Cut> cuts(Exchanges.Response sample) {
    List<Cut> cuts = new ArrayList<>();
    StreamCutter cutter = cutter(sample.path());
    byte[] body = sample.body().getBytes(UTF_8);
    int position = 0;
    while (position < body.length) {
      position += cutter.take(body, position, body.length - position);
      if (cutter.isBetweenEvents() && !cutter.isOver()) {
        StreamCutter again = cutter(sample.path());
        String passed = new String(body, 0, position, UTF_8);
        feed(again, passed);
        cuts.add(new Cut(passed, new String(again.ending(USED), UTF_8)));
      }
    }
    return cuts;
  }

  private static List<Integer> boundaries(Exchanges.Response sample, int piece) {
    List<Integer> boundaries = new ArrayList<>();
    StreamCutter cutter = cutter(sample.path());
    byte[] body = sample.body().getBytes(UTF_8);
    int position = 0;
    while (position < body.length) {
      position += cutter.take(body, position, Math.min(piece, body.length - position));
      if (cutter.isBetweenEvents()) {
        boundaries.add(new String(body, 0, position, UTF_8).length());
      }
    }
    return boundaries;
  }

  private static String end(String path, String request, String begun) {
    StreamCutter cutter =
        Dialects.find("POST", "localhost", path).streamCutter(request.getBytes(UTF_8));
    feed(cutter, begun);
    return new String(cutter.ending(USED), UTF_8);
  }

  private static StreamCutter cutter(String path) {
    return Dialects.find("POST", "localhost", path)
        .streamCutter(REQUESTS.get(path).getBytes(UTF_8));
  }

  private static void feed(StreamCutter cutter, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    int position = 0;
    while (position < bytes.length) {
      position += cutter.take(bytes, position, bytes.length - position);
    }
  }
}
