package io.tokenmeter.javaagent.clients;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
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
      "you asked: canary-prompt-52c8, with key sk-canary-key-7f3a91";

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
