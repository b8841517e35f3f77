package io.tokenmeter.providers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.tokenizers.Calibration;
import io.tokenmeter.tokenizers.CountingRules;
import io.tokenmeter.tokenizers.InputEstimate;
import io.tokenmeter.tokenizers.ModelEncodings;
import io.tokenmeter.tokenizers.RequestCounters;
import io.tokenmeter.tokenizers.RequestMemory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered of a request changes nothing but the work. */
class FoldedRequestTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String MESSAGES = "/v1/messages";
  private static final String HISTORY = "It was said before, and it was long enough to be known. ";

  static List<Exchanges.Request> requests() {
    return Exchanges.requests();
  }

  /** Everything that a request is judged by. */
  private record Judgement(LlmRequest request, InputEstimate estimate) {
    static Judgement of(Exchanges.Request request, byte[] body, RequestCounters counters) {
      LlmRequest read = request.dialect().readRequest(request.path(), body, counters);
      return read == null ? null : of(read, counters);
    }

    static Judgement of(Exchanges.Request request, RequestCounters counters) {
      return of(request, request.body().getBytes(UTF_8), counters);
    }

    private static Judgement of(LlmRequest read, RequestCounters counters) {
      InputEstimate estimate =
          counters.forModel(read.provider(), read.model()).count(read.prompt());
      LlmRequest withoutPrompt =
          new LlmRequest(
              read.provider(),
              read.operation(),
              read.model(),
              read.streaming(),
              read.maxOutputTokens(),
              read.choices(),
              read.dearestInput(),
              null);
      return new Judgement(withoutPrompt, estimate);
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void readRequest_seenBefore_countsTheSame(Exchanges.Request request) {
    RequestCounters counters = remembering();
    byte[] body = request.body().getBytes(UTF_8);
    Judgement plain = Judgement.of(request, body, RequestCounters.builtIn());
    assertThat(Judgement.of(request, body, counters)).isEqualTo(plain);
    assertThat(Judgement.of(request, body, counters)).isEqualTo(plain);
    boolean hasHistory = request.body().contains("messages") || request.body().contains("tools");
    LlmRequest again = request.dialect().readRequest(request.path(), body, counters);
    assertThat(again.prompt().remembered() != null).isEqualTo(hasHistory);
  }

  /** Broken, repeated, moved: it is understood as it would be without a memory, or not at all. */
  @ParameterizedTest
  @MethodSource("requests")
  void readRequest_mutatedBodies_asWithoutAMemory(Exchanges.Request request) {
    Random random = new Random(request.path().hashCode());
    RequestCounters counters = remembering();
    byte[] body = request.body().getBytes(UTF_8);
    Judgement.of(request, body, counters);
    for (int i = 0; i < 2_000; i++) {
      byte[] mutated = Mutations.mutated(body, random);
      assertThat(Judgement.of(request, mutated, counters))
          .as("mutation %d", i)
          .isEqualTo(Judgement.of(request, mutated, RequestCounters.builtIn()));
    }
  }

  @Test
  void readRequest_nextTurn_readsWhatIsNew() {
    RequestCounters counters = remembering();
    StringBuilder history = new StringBuilder();
    for (int turn = 0; turn < 20; turn++) {
      history.append(turn == 0 ? "" : " ,\n ").append(message("user", turn));
      Exchanges.Request request =
          new Exchanges.Request(
              CHAT, "{\"messages\":[" + history + "],\"model\":\"gpt-4o\",\"n\":2}");
      byte[] body = request.body().getBytes(UTF_8);
      LlmRequest read = request.dialect().readRequest(CHAT, body, counters);
      assertThat(read.prompt().messages()).hasSize(1);
      if (turn > 0) {
        assertThat(read.prompt().remembered().count()).isEqualTo(turn);
      }
      assertThat(Judgement.of(request, body, counters))
          .isEqualTo(Judgement.of(request, body, RequestCounters.builtIn()));
    }
  }

  /** Known ones at every place of an array, alone and beside each other. */
  @Test
  void readRequest_anySubsetKnown_countsTheSame() {
    for (int known = 0; known < 1 << 5; known++) {
      RequestCounters counters = remembering();
      StringBuilder first = new StringBuilder();
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 5; i++) {
        if ((known >> i & 1) != 0) {
          first.append(first.isEmpty() ? "" : ",").append(message("user", i));
        }
        all.append(i == 0 ? "" : " , ").append(message("user", i));
      }
      Judgement.of(chat(first.toString()), counters);
      Exchanges.Request request = chat(all.toString());
      LlmRequest read =
          request.dialect().readRequest(CHAT, request.body().getBytes(UTF_8), counters);
      assertThat(read.prompt().messages()).hasSize(5 - Integer.bitCount(known));
      assertThat(Judgement.of(request, counters))
          .isEqualTo(Judgement.of(request, RequestCounters.builtIn()));
    }
  }

  @Test
  void readRequest_sameBytesAsAToolAndAsAMessage_areTwoThings() {
    RequestCounters counters = remembering();
    String both = message("user", 1).replace("}", ",\"name\":\"f\",\"description\":\"x\"}");
    Judgement.of(chat(both), counters);
    String padding = message("user", 2);
    Exchanges.Request request =
        new Exchanges.Request(
            CHAT, "{\"model\":\"gpt-4o\",\"messages\":[" + padding + "],\"tools\":[" + both + "]}");
    assertThat(Judgement.of(request, counters))
        .isEqualTo(Judgement.of(request, RequestCounters.builtIn()));
  }

  @Test
  void readRequest_cacheControlInKnownPart_isStillBilledAsAWrite() {
    RequestCounters counters = remembering();
    String cached =
        "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\""
            + HISTORY.repeat(12)
            + "\",\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}}]}";
    Exchanges.Request request =
        new Exchanges.Request(
            MESSAGES,
            "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":9,\"messages\":[" + cached + "]}");
    Judgement first = Judgement.of(request, counters);
    assertThat(Judgement.of(request, counters)).isEqualTo(first);
    assertThat(first.request().dearestInput().label()).isEqualTo("cache_write_1h");
  }

  /**
   * The model decides which figures are remembered, wherever it stands and however it is written.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"model\":\"gpt-4o\" | gpt-4o",
        "\"model\":\"gpt\\u002d4\" | gpt-4",
        "\"\\u006dodel\":\"gpt-4\" | gpt-4",
        "\"model\":\"gpt-3.5-turbo\" | gpt-3.5-turbo"
      })
  void readRequest_modelBehindTheMessages_isTheOneThatCounts(String field, String model) {
    RequestCounters counters = remembering();
    Judgement.of(chat(message("user", 1) + "," + message("user", 2)), counters);
    Exchanges.Request request =
        new Exchanges.Request(
            CHAT,
            "{\"messages\":[" + message("user", 1) + "," + message("user", 2) + "]," + field + "}");
    Judgement judgement = Judgement.of(request, counters);
    assertThat(judgement).isEqualTo(Judgement.of(request, RequestCounters.builtIn()));
    assertThat(judgement.request().model()).isEqualTo(model);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"model\":\"gpt-4o\",\"messages\":[@ @]}",
        "{\"model\":\"gpt-4o\",\"messages\":[@,,@]}",
        "{\"model\":\"gpt-4o\",\"messages\":[@,@,]}",
        "{\"model\":\"gpt-4o\",\"messages\":[,@,@]}",
        "{\"model\":\"gpt-4o\",\"messages\":[@,@]",
        "{\"model\":\"gpt-4o\",\"messages\":[@,@}",
        "{\"model\":\"gpt-4o\",\"messages\":[@,@]}}",
        "{\"model\":\"gpt-4o\",\"messages\":[@,@],\"messages\":[]}",
        "{\"model\":\"gpt-4o\" \"messages\":[@,@]}",
        "{\"model\":\"gpt-4o\",\"n\":1 2,\"messages\":[@,@]}",
        "{\"messages\":[@,@]}",
        "[@,@]"
      })
  void readRequest_knownPartsInWhatIsNoJson_null(String body) {
    RequestCounters counters = remembering();
    Judgement.of(chat(message("user", 1) + "," + message("user", 1)), counters);
    Exchanges.Request request = new Exchanges.Request(CHAT, body.replace("@", message("user", 1)));
    assertThat(Judgement.of(request, counters)).isNull();
  }

  private static String message(String role, int number) {
    return "{\"role\":\""
        + role
        + "\",\"content\":\""
        + HISTORY.repeat(12)
        + "\\n\\\"{["
        + number
        + "\"}";
  }

  private static Exchanges.Request chat(String messages) {
    return new Exchanges.Request(CHAT, "{\"model\":\"gpt-4o\",\"messages\":[" + messages + "]}");
  }

  private static RequestCounters remembering() {
    return new RequestCounters(
        ModelEncodings.builtIn(),
        CountingRules.builtIn(),
        RequestMemory.ofParts(1_000),
        Calibration.NONE);
  }
}
