package io.tokenmeter.javaagent.programs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Writes down what it receives; answers with a chat completion. */
final class EchoServer implements AutoCloseable {
  private static final byte[] ANSWER =
      ("{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"gpt-4o\",\"choices\":"
              + "[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\","
              + "\"content\":\"h\u00e9llo\"}}],\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":2,"
              + "\"total_tokens\":10}}")
          .getBytes(UTF_8);

  private final HttpServer server;
  private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();

  EchoServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** Requests with headers and bodies, in the order of arrival, without what differs by chance. */
  List<String> received() {
    return List.copyOf(received);
  }

  private void answer(HttpExchange exchange) throws IOException {
    TreeMap<String, List<String>> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
    headers.remove("host");
    byte[] body = exchange.getRequestBody().readAllBytes();
    received.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + " "
            + headers
            + " "
            + new String(body, UTF_8));
    boolean chunked = exchange.getRequestURI().getPath().contains("chunked");
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.getResponseHeaders().add("x-canary", "untouched");
    exchange.sendResponseHeaders(200, chunked ? 0 : ANSWER.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(ANSWER);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
