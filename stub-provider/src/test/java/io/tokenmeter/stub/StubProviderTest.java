package io.tokenmeter.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StubProviderTest {
  private static final Tokens TOKENS = new Tokens(100, 30, 20, 50, 10);
  private static final Reply.Answer ANSWER = Reply.answer("Two words.", TOKENS);

  private static StubProvider stub;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() {
    stub = StubProvider.start();
  }

  @AfterAll
  static void stop() {
    stub.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/chat/completions, /usage/prompt_tokens, 100, /usage/completion_tokens, 50",
    "/v1/chat/completions, /usage/prompt_tokens_details/cached_tokens, 30,"
        + " /usage/completion_tokens_details/reasoning_tokens, 10",
    "/v1/responses, /usage/input_tokens, 100, /usage/output_tokens, 50",
    "/v1/embeddings, /usage/prompt_tokens, 100, /usage/total_tokens, 100",
    "/v1/messages, /usage/input_tokens, 50, /usage/output_tokens, 50",
    "/v1/messages, /usage/cache_read_input_tokens, 30, /usage/cache_creation_input_tokens, 20",
    "/v1beta/models/m:generateContent, /usageMetadata/promptTokenCount, 100,"
        + " /usageMetadata/candidatesTokenCount, 40",
    "/v1beta/models/m:generateContent, /usageMetadata/thoughtsTokenCount, 10,"
        + " /usageMetadata/totalTokenCount, 150",
  })
  void answer_plain_saysTheUsageInTheProvidersWords(
      String path, String one, long figure, String other, long otherFigure) throws Exception {
    stub.script(ANSWER);

    JsonNode body = Json.parse(text(post(path, "{\"model\":\"m\"}")));

    assertThat(body.at(one).asLong()).isEqualTo(figure);
    assertThat(body.at(other).asLong()).isEqualTo(otherFigure);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1beta/models/m:embedContent, /embedding/values/0",
    "/v1beta/models/m:batchEmbedContents, /embeddings/0/values/0",
  })
  void answer_geminiEmbedding_saysNoUsage(String path, String figure) throws Exception {
    stub.script(ANSWER);

    JsonNode body = Json.parse(text(post(path, "{}")));

    assertThat(body.at(figure).asDouble()).isEqualTo(0.25);
    assertThat(body.has("usageMetadata")).isFalse();
    assertThat(stub.requests().get(0).getsUsage()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/chat/completions, prompt_tokens\":100",
    "/v1/responses, input_tokens\":100",
    "/v1/messages, output_tokens\":50",
    "/v1beta/models/m:streamGenerateContent, totalTokenCount\":150",
  })
  void answer_streamed_comesWordByWordWithTheUsageInTheEnd(String path, String usage)
      throws Exception {
    stub.script(ANSWER);

    List<String> events =
        text(post(
                path,
                "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}"))
            .lines()
            .filter(line -> line.startsWith("data: "))
            .toList();

    assertThat(events).filteredOn(line -> line.contains("\"Two\"")).hasSize(1);
    assertThat(events.subList(events.size() - 2, events.size()))
        .anyMatch(line -> line.contains(usage));
  }

  @Test
  void chatStream_withoutBeingAsked_reportsNoUsage() throws Exception {
    stub.script(ANSWER);

    assertThat(text(post("/v1/chat/completions", "{\"model\":\"m\",\"stream\":true}")))
        .contains("[DONE]")
        .doesNotContain("usage");
  }

  @Test
  void script_ofSeveralReplies_isPlayedInOrderAndEndsInItsLast() throws Exception {
    stub.script(Reply.failure(500, "once"), Reply.failure(429, "twice"), ANSWER);

    assertThat(
            Stream.of(
                post("/v1/messages", "{}").statusCode(),
                post("/v1/messages", "{}").statusCode(),
                post("/v1/messages", "{}").statusCode(),
                post("/v1/messages", "{}").statusCode()))
        .containsExactly(500, 429, 200, 200);
    assertThat(stub.requests()).hasSize(4);

    stub.script(ANSWER);

    assertThat(stub.requests()).isEmpty();
  }

  @Test
  void answer_compressed_isGzip() throws Exception {
    stub.script(ANSWER.compressed());

    HttpResponse<byte[]> response = post("/v1/messages", "{}");

    assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
    try (GZIPInputStream body = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).contains("Two words.");
    }
  }

  @Test
  void reset_breaksTheConnection() {
    stub.script(Reply.reset());

    assertThatThrownBy(() -> post("/v1/messages", "{}")).isInstanceOf(IOException.class);
  }

  @Test
  void unruly_brokenOff_endsWithoutTheBodysEnd() throws Exception {
    try (UnrulyProvider unruly = UnrulyProvider.start()) {
      unruly.breakOffAfter(2, ANSWER);

      assertThatThrownBy(() -> post(URI.create(unruly.url() + "/v1/messages"), "{\"stream\":true}"))
          .isInstanceOf(IOException.class);
      assertThat(unruly.requests()).isEqualTo(1);
    }
  }

  @Test
  void unruly_blownUp_isStillTheAnswer() throws Exception {
    try (UnrulyProvider unruly = UnrulyProvider.start()) {
      unruly.blowUp(3, ANSWER);

      byte[] body = post(URI.create(unruly.url() + "/v1/messages"), "{}").body();

      assertThat(body.length).isGreaterThan(3 << 20);
      assertThat(
              Json.parse(new String(body, StandardCharsets.UTF_8)).at("/content/0/text").asText())
          .isEqualTo("Two words.");
    }
  }

  private HttpResponse<byte[]> post(String path, String body) throws Exception {
    return post(URI.create(stub.url() + path), body);
  }

  private HttpResponse<byte[]> post(URI uri, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    return http.send(request, BodyHandlers.ofByteArray());
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}
