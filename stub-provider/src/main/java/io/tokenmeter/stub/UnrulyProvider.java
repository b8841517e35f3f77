package io.tokenmeter.stub;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A provider that does what a well-behaved server would not: breaks off in the middle of a stream,
 * never ends one, or answers with a body of any size. Thread-safe.
 */
public final class UnrulyProvider implements AutoCloseable {
  private static final String BLANK_MEGABYTE = " ".repeat(1 << 20);

  /** What is sent in pieces, and how it ends. */
  private record Conduct(int status, String contentType, Stream<String> pieces, boolean breaksOff) {
    Conduct(String contentType, Stream<String> pieces, boolean breaksOff) {
      this(200, contentType, pieces, breaksOff);
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Function<ModelRequest, Conduct> conduct =
      request -> new Conduct("text/plain", Stream.empty(), false);

  private UnrulyProvider(HttpServer server) {
    this.server = server;
  }

  /** Starts on a free loopback port. */
  public static UnrulyProvider start() throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    UnrulyProvider provider = new UnrulyProvider(HttpServer.create(address, 0));
    provider.server.setExecutor(provider.threads);
    provider.server.createContext("/", provider::handle);
    provider.server.start();
    return provider;
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How many requests have come since the last change of conduct. */
  public int requests() {
    return requests.get();
  }

  /** Sends the first {@code count} events of a stream, then closes the connection. */
  public void breakOffAfter(int count, Reply.Answer answer) {
    behave(
        request ->
            new Conduct("text/event-stream", events(request, answer).stream().limit(count), true));
  }

  /** Sends a stream whose text goes on until the client leaves. */
  public void neverEnd(Reply.Answer answer) {
    behave(
        request -> {
          List<String> events = events(request, answer);
          int text = events.size() / 2;
          Stream<String> forever = Stream.generate(() -> events.get(text));
          return new Conduct(
              "text/event-stream", Stream.concat(events.stream().limit(text), forever), false);
        });
  }

  /** Sends an answer that {@code megabytes} of white space blow up. */
  public void blowUp(int megabytes, Reply.Answer answer) {
    behave(
        request -> {
          String body = Wire.of(request.api()).body(request, answer);
          Stream<String> blanks = Stream.generate(() -> BLANK_MEGABYTE).limit(megabytes);
          Stream<String> pieces =
              Stream.of(Stream.of(body.substring(0, 1)), blanks, Stream.of(body.substring(1)))
                  .flatMap(part -> part);
          return new Conduct("application/json", pieces, false);
        });
  }

  /** Sends a body as it stands. */
  public void say(String contentType, String body) {
    say(200, contentType, body);
  }

  /** Sends a body as it stands, under this HTTP status. */
  public void say(int status, String contentType, String body) {
    behave(request -> new Conduct(status, contentType, Stream.of(body), false));
  }

  private void behave(Function<ModelRequest, Conduct> next) {
    requests.set(0);
    conduct = next;
  }

  private static List<String> events(ModelRequest request, Reply.Answer answer) {
    return Wire.of(request.api()).events(request, answer);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Api api = requireNonNull(Api.ofPath(path), "not a provider's path");
    String sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.incrementAndGet();
    Conduct now = conduct.apply(new ModelRequest(api, path, Json.parse(sent)));
    exchange.getResponseHeaders().set("Content-Type", now.contentType());
    exchange.sendResponseHeaders(now.status(), 0);
    OutputStream body = exchange.getResponseBody();
    for (Iterator<String> pieces = now.pieces().iterator(); pieces.hasNext(); ) {
      body.write(pieces.next().getBytes(StandardCharsets.UTF_8));
      body.flush();
    }
    if (now.breaksOff()) {
      // A handler that throws has its connection closed without the body's last chunk.
      throw new IOException("broken off as told");
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
