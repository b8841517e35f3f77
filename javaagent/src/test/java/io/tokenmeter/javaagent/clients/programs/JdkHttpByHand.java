package io.tokenmeter.javaagent.clients.programs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Requests by hand over {@code java.net.http}. */
final class JdkHttpByHand extends ClientProgram {
  private final HttpClient client = HttpClient.newHttpClient();

  private JdkHttpByHand() {
    mode(
        "chat",
        (url, model, out) ->
            print(client.send(request(ByHand.CHAT, url, model), BodyHandlers.ofString()), out));
    mode(
        "chat-async",
        (url, model, out) ->
            print(
                client.sendAsync(request(ByHand.CHAT, url, model), BodyHandlers.ofString()).get(),
                out));
    mode("chat-gzip", this::gzip);
    mode("chat-stream-gzip", this::gzippedStream);
    mode(
        "chat-interrupted",
        interrupted(
            (url, model, out) ->
                print(
                    client.send(request(ByHand.CHAT, url, model), BodyHandlers.ofString()), out)));
    mode("chat-async-pending", this::pending);
    mode("chat-async-cancelled", this::cancel);
    mode("messages", this::inputStream);
    mode("chat-stream", this::lines);
    mode("chat-stream-async", this::linesAsync);
    mode(
        "generate-stream",
        (url, model, out) ->
            print(
                client.send(request(ByHand.GENERATE_STREAM, url, model), BodyHandlers.ofString()),
                out));
    mode("chat-stream-closed", this::closeEarly);
    mode("chat-stream-dropped", this::drop);
  }

  public static void main(String[] arguments) throws Exception {
    new JdkHttpByHand().serve(arguments);
  }

  private static HttpRequest request(ByHand what, String url, String model) {
    return HttpRequest.newBuilder(URI.create(url + what.path(model)))
        .header("Authorization", "Bearer " + KEY)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(what.body(model)))
        .build();
  }

  private static void print(HttpResponse<String> response, PrintWriter out) {
    out.println("status=" + response.statusCode());
    out.println("body=" + response.body());
  }

  private void inputStream(String url, String model, PrintWriter out) throws Exception {
    HttpResponse<InputStream> response =
        client.send(request(ByHand.MESSAGES, url, model), BodyHandlers.ofInputStream());
    out.println("status=" + response.statusCode());
    try (InputStream body = response.body()) {
      out.println("body=" + new String(body.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private void gzip(String url, String model, PrintWriter out) throws Exception {
    HttpResponse<InputStream> response =
        client.send(request(ByHand.CHAT, url, model), BodyHandlers.ofInputStream());
    out.println("encoding=" + response.headers().firstValue("Content-Encoding").orElse(null));
    try (InputStream body = new GZIPInputStream(response.body())) {
      out.println("body=" + new String(body.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private void gzippedStream(String url, String model, PrintWriter out) throws Exception {
    HttpResponse<InputStream> response =
        client.send(request(ByHand.CHAT_STREAM, url, model), BodyHandlers.ofInputStream());
    out.println("version=" + response.version());
    try (InputStream body = new GZIPInputStream(response.body())) {
      out.println("body=" + new String(body.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** Whether an asynchronous call gives its thread back before it is answered. */
  private void pending(String url, String model, PrintWriter out) throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request(ByHand.CHAT, url, model), BodyHandlers.ofString());
    out.println("pending=" + !answer.isDone());
    print(answer.get(), out);
  }

  private void cancel(String url, String model, PrintWriter out) {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request(ByHand.CHAT, url, model), BodyHandlers.ofString());
    out.println("cancelled=" + answer.cancel(true) + "," + answer.isCancelled());
  }

  private void lines(String url, String model, PrintWriter out) throws Exception {
    print(out, client.send(request(ByHand.CHAT_STREAM, url, model), BodyHandlers.ofLines()));
  }

  private void linesAsync(String url, String model, PrintWriter out) throws Exception {
    print(
        out,
        client.sendAsync(request(ByHand.CHAT_STREAM, url, model), BodyHandlers.ofLines()).get());
  }

  private static void print(PrintWriter out, HttpResponse<Stream<String>> response) {
    out.println("status=" + response.statusCode());
    try (Stream<String> lines = response.body()) {
      for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
        out.println("line=" + each.next());
      }
    }
  }

  private void closeEarly(String url, String model, PrintWriter out) throws Exception {
    try (InputStream body = open(url, model)) {
      out.println("line=" + lineWithText(body));
    }
  }

  private void drop(String url, String model, PrintWriter out) throws Exception {
    out.println("line=" + lineWithText(open(url, model)));
  }

  private InputStream open(String url, String model) throws Exception {
    return client
        .send(request(ByHand.CHAT_STREAM, url, model), BodyHandlers.ofInputStream())
        .body();
  }

  private static String lineWithText(InputStream body) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.contains("canary")) {
      line = lines.readLine();
    }
    return line;
  }
}
