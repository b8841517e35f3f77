package io.tokenmeter.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenmeter.javaagent.programs.Http2Calls;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import io.tokenmeter.javaagent.testing.ForkedJvm.Result;
import io.tokenmeter.stub.Reply;
import io.tokenmeter.stub.StubProvider;
import io.tokenmeter.stub.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kotlin.Unit;
import okhttp3.OkHttpClient;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What providers really speak: HTTP/2 over TLS, many calls on one connection. */
final class Http2IT {
  private static final int CALLS_OF_A_CLIENT = 9;

  @TempDir private Path home;

  @Test
  void calls_multiplexed_areSeenUnchangedAndRecordedOnceEach() throws IOException {
    Result without;
    Result with;
    try (StubProvider stub = StubProvider.startSecure()) {
      stub.script(Reply.answer("Paris, on the Seine.", new Tokens(30, 10, 0, 12, 4)));
      without = calls(stub).withoutAgent().run().orThrow();
      with = calls(stub).home(home).property("tokenmeter.calls.file", callLog()).run().orThrow();
    }

    assertThat(with.stdout()).isEqualTo(without.stdout());
    assertThat(with.stderr()).isEqualTo(without.stderr());
    assertThat(with.values("jdk")).hasSize(CALLS_OF_A_CLIENT).allMatch(s -> s.startsWith("HTTP_2"));
    assertThat(with.values("okhttp")).hasSize(CALLS_OF_A_CLIENT).allMatch(s -> s.startsWith("h2"));
    assertThat(records())
        .hasSize(2 * CALLS_OF_A_CLIENT)
        .allMatch(record -> record.path("usage_source").asText().equals("provider"))
        .allMatch(record -> record.path("input_tokens").asLong() == 30)
        .allMatch(record -> record.path("output_tokens").asLong() == 12);
  }

  @Test
  void calls_overBudget_areRefusedAndNotSent() throws IOException {
    Path configuration =
        Files.writeString(
            home.resolve("tokenmeter.yaml"),
            "budgets:\n  rules:\n    - name: tiny\n      limit: 1 tokens\n      window: day\n");
    try (StubProvider stub = StubProvider.startSecure()) {
      stub.script(Reply.answer("Paris", new Tokens(30, 10, 0, 12, 4)));
      Result result =
          calls(stub).home(home).property("tokenmeter.config", configuration).run().orThrow();

      assertThat(stub.requests()).isEmpty();
      assertThat(result.values("jdk")).hasSize(CALLS_OF_A_CLIENT).allMatch(s -> s.contains("tiny"));
      assertThat(result.values("okhttp"))
          .hasSize(CALLS_OF_A_CLIENT)
          .allMatch(s -> s.contains(" 429 ") && s.contains("tiny"));
    }
  }

  private static ForkedJvm calls(StubProvider stub) {
    return ForkedJvm.running(Http2Calls.class)
        .classPathOf(OkHttpClient.class, Buffer.class, Unit.class)
        .arguments(stub.secureUrl());
  }

  private Path callLog() {
    return home.resolve("calls.jsonl");
  }

  private List<JsonNode> records() throws IOException {
    ObjectMapper json = new ObjectMapper();
    try (var lines = Files.lines(callLog())) {
      return lines.map(line -> read(json, line)).toList();
    }
  }

  private static JsonNode read(ObjectMapper json, String line) {
    try {
      return json.readTree(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }
}
