package io.tokenmeter.javaagent.clients;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import io.tokenmeter.stub.Reply;
import io.tokenmeter.stub.StubProvider;
import io.tokenmeter.stub.Tokens;
import io.tokenmeter.stub.UnrulyProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing of a prompt, an answer or an API key leaves the process with the meter's own output: not
 * into a file, a log line, an OTLP payload, or the message of a refusal.
 */
final class CanaryIT {
  private static final String MODEL = "gpt-4o-mini";
  private static final String DEAR_MODEL = "gpt-4o";
  private static final String QUOTING =
      "you asked: canary-prompt-5zc8, with key sk-canary-key-7z3a91";

  private final Queue<String> payloads = new ConcurrentLinkedQueue<>();

  @Test
  void everythingTheMeterProduces_holdsNoPromptNoAnswerAndNoKey(@TempDir Path directory)
      throws Exception {
    HttpServer collector = collector();
    String otel =
        "otel:\n  endpoint: http://127.0.0.1:%d\n".formatted(collector.getAddress().getPort());
    try (StubProvider stub = StubProvider.start();
        UnrulyProvider unruly = UnrulyProvider.start();
        MeteredProcess metered =
            MeteredProcess.start(
                ClientProcess.jvm("OpenAiJava", "openai-java-newest"), directory, otel)) {
      ClientProcess program = metered.process();
      stub.script(Reply.answer(ClientContract.ANSWER, Tokens.of(40, 12)));
      program.call("chat", MODEL, stub.url());
      program.call("chat-stream", MODEL, stub.url());
      program.call("embeddings", "text-embedding-3-small", stub.url());
      stub.script(Reply.failure(400, QUOTING));
      program.call("chat", MODEL, stub.url());
      unruly.say("application/json", QUOTING);
      program.call("chat", MODEL, unruly.url());
      unruly.breakOffAfter(4, Reply.answer(ClientContract.ANSWER, Tokens.of(40, 12)));
      program.call("chat-stream", MODEL, unruly.url());
      List<String> refusal = program.call("chat", DEAR_MODEL, stub.url());

      ForkedJvm.Result result = metered.finish();

      assertThat(refusal).as("refusal").anyMatch(line -> line.contains("pocket-money"));
      Canaries.assertNone("refusal", String.join("\n", refusal));
      assertThat(metered.calls().lines()).hasSize(7);
      Canaries.assertNoneIn(directory, result.stdout(), result.stderr());
      assertThat(payloads).as("OTLP payloads").anyMatch(payload -> payload.contains(MODEL));
      payloads.forEach(payload -> Canaries.assertNone("OTLP payload", payload));
      assertOwnersOnly(directory.resolve("home"));
      assertOwnersOnly(directory.resolve("calls.jsonl"));
    } finally {
      collector.stop(0);
    }
  }

  /** Answers and errors with a canary wherever a model or a provider may write what it likes. */
  private static final Map<String, String> ANSWERS =
      Map.of(
          "chat",
          """
          {"id":"r-1","model":"gpt-4o-mini","system_fingerprint":"canary","choices":[{"index":0,
           "finish_reason":"tool_calls","logprobs":{"content":[{"token":"canary"}]},
           "message":{"role":"assistant","content":"canary-answer-9zbe","refusal":"canary",
            "reasoning_content":"canary","annotations":[{"url_citation":{"title":"canary"}}],
            "tool_calls":[{"id":"canary","type":"function","function":{"name":"canary_tool",
             "arguments":"{\\"q\\":\\"canary\\"}"}}]}}],
           "usage":{"prompt_tokens":9,"completion_tokens":5,"canary":"canary"}}""",
          "responses",
          """
          {"id":"r-2","model":"gpt-4o-mini","status":"completed","instructions":"canary","output":[
           {"type":"reasoning","summary":[{"type":"summary_text","text":"canary"}]},
           {"type":"function_call","name":"canary_tool","arguments":"canary"},
           {"type":"message","content":[{"type":"output_text","text":"canary-answer-9zbe"}]}],
           "usage":{"input_tokens":9,"output_tokens":5}}""",
          "embeddings",
          """
          {"model":"text-embedding-3-small","data":[{"index":0,"embedding":"canary"}],
           "usage":{"prompt_tokens":9,"total_tokens":9}}""",
          "messages",
          """
          {"id":"r-3","type":"message","model":"claude-sonnet-4-5","stop_reason":"tool_use",
           "stop_sequence":"canary","content":[{"type":"thinking","thinking":"canary"},
            {"type":"text","text":"canary-answer-9zbe"},
            {"type":"tool_use","id":"canary","name":"canary_tool","input":{"canary":"canary"}}],
           "usage":{"input_tokens":9,"output_tokens":5,"service_tier":"canary"}}""",
          "generate",
          """
          {"responseId":"r-4","modelVersion":"gemini-2.5-flash","candidates":[{"index":0,
           "finishReason":"STOP","content":{"role":"model","parts":[{"text":"canary-answer-9zbe"},
            {"functionCall":{"name":"canary_tool","args":{"canary":"canary"}}}]}}],
           "usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":5,"totalTokenCount":14}}""",
          "embed_content",
          """
          {"embedding":{"values":[0.1,0.2],"canary":"canary"},"canary":"canary"}""");

  private static final List<String> ERRORS =
      List.of(
          """
          {"type":"error","error":{"type":"invalid_request_error","code":"canary 5zc8: quoted",
           "message":"canary-prompt-5zc8","param":"canary","status":"canary quoted",
           "details":[{"canary":"canary"}],"metadata":{"raw":"canary"}}}""",
          """
          {"error":"canary-prompt-5zc8 is not allowed","detail":"canary","message":"canary"}""",
          """
          [{"error":{"code":400,"message":"canary-prompt-5zc8","status":"INVALID: canary"}}]""",
          """
          event: error
          data: {"type":"error","error":{"type":"canary: quoted","message":"canary-prompt-5zc8"}}

          """,
          "canary-prompt-5zc8");

  @Test
  void everyFreeFieldOfRequestsAnswersAndErrors_staysOutOfWhatTheMeterProduces(
      @TempDir Path directory) throws Exception {
    HttpServer collector = collector();
    String more =
        "log-level: debug\notel:\n  endpoint: http://127.0.0.1:%d\n"
            .formatted(collector.getAddress().getPort());
    try (UnrulyProvider provider = UnrulyProvider.start();
        MeteredProcess metered =
            MeteredProcess.start(ClientProcess.jvm("CanariesEverywhere", ""), directory, more)) {
      List<String> refusals = new ArrayList<>();
      for (Call.Kind kind : Call.Kind.values()) {
        String mode = kind.name().toLowerCase(Locale.ROOT);
        provider.say(200, "application/json", ANSWERS.get(mode));
        metered.process().call(mode, kind.model, provider.url());
        JsonNode entry = metered.calls().next();
        long estimated = entry.path("estimated_input_tokens").asLong();
        assertThat(estimated).as(mode).isPositive();
        assertThat(entry.path("input_tokens").asLong())
            .as(mode)
            .isEqualTo(kind == Call.Kind.EMBED_CONTENT ? estimated : 9);
        for (String error : ERRORS) {
          provider.say(400, "application/json", error);
          metered.process().call(mode, kind.model, provider.url());
          provider.say(200, "text/event-stream", error);
          metered.process().call(mode, kind.model, provider.url());
          metered.calls().next(2);
        }
        refusals.addAll(metered.process().call(mode, kind.dearModel, provider.url()));
        metered.calls().next();
      }
      provider.say(400, "application/json", ERRORS.get(0));
      metered.process().call("broken", MODEL, provider.url());

      ForkedJvm.Result result = metered.finish();

      assertThat(refusals)
          .filteredOn(line -> line.contains("pocket-money"))
          .hasSize(Call.Kind.values().length);
      Canaries.assertNone("refusals", String.join("\n", refusals));
      Canaries.assertNoneIn(directory, result.stdout(), result.stderr());
      assertThat(payloads).as("OTLP payloads").anyMatch(payload -> payload.contains(MODEL));
      payloads.forEach(payload -> Canaries.assertNone("OTLP payload", payload));
    } finally {
      collector.stop(0);
    }
  }

  /** Prompts are not written, but who spends how much is nobody else's business either. */
  private static void assertOwnersOnly(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.toList()) {
        assertThat(Files.getPosixFilePermissions(path))
            .as(path.toString())
            .doesNotContain(
                PosixFilePermission.GROUP_READ,
                PosixFilePermission.GROUP_WRITE,
                PosixFilePermission.OTHERS_READ,
                PosixFilePermission.OTHERS_WRITE);
      }
    }
  }

  private HttpServer collector() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::collect);
    server.start();
    return server;
  }

  private void collect(HttpExchange exchange) throws IOException {
    InputStream body = exchange.getRequestBody();
    boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    byte[] payload = (gzip ? new GZIPInputStream(body) : body).readAllBytes();
    payloads.add(exchange.getRequestHeaders().entrySet() + new String(payload, ISO_8859_1));
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }
}
