package io.tokenmeter.javaagent.programs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;

/**
 * Calls to a model's endpoint, and one to something else; prints everything that both sides saw.
 */
public final class PlainCalls {
  private static final String BODY =
      "{\"model\":\"gpt-4o\",\"max_tokens\":5,"
          + "\"messages\":[{\"role\":\"user\",\"content\":\"h\u00e9\"}]}";

  private PlainCalls() {}

  public static void main(String[] arguments) throws Exception {
    try (EchoServer server = new EchoServer()) {
      jdk(server);
      okHttp(server);
      server.received().forEach(line -> System.out.println("received=" + line));
    }
  }

  private static void jdk(EchoServer server) throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    show(client.send(jdkRequest(server, bytes()), BodyHandlers.ofString()));
    show(client.send(jdkRequest(server, stream()), BodyHandlers.ofString()));
    show(client.sendAsync(jdkRequest(server, bytes()), BodyHandlers.ofString()).get());
    show(client.sendAsync(jdkRequest(server, stream()), BodyHandlers.ofString()).get());
    HttpResponse<InputStream> stream =
        client.send(jdkRequest(server, bytes()), BodyHandlers.ofInputStream());
    System.out.println("answer=" + new String(stream.body().readAllBytes(), UTF_8));
    show(
        client.send(
            HttpRequest.newBuilder(URI.create(server.url("/other"))).build(),
            BodyHandlers.ofString()));
  }

  private static BodyPublisher bytes() {
    return BodyPublishers.ofString(BODY);
  }

  private static BodyPublisher stream() {
    return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(BODY.getBytes(UTF_8)));
  }

  private static HttpRequest jdkRequest(EchoServer server, BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create(server.url("/v1/chat/completions")))
        .header("content-type", "application/json")
        .header("x-own", "kept")
        .POST(body)
        .build();
  }

  private static void show(HttpResponse<String> response) {
    System.out.println(
        "answer="
            + response.statusCode()
            + response.headers().firstValue("x-canary")
            + response.version()
            + response.body());
  }

  private static void okHttp(EchoServer server) throws Exception {
    OkHttpClient client = new OkHttpClient();
    RequestBody repeatable = RequestBody.create(BODY, MediaType.get("application/json"));
    okHttp(client, server.url("/v1/chat/completions"), repeatable);
    okHttp(client, server.url("/v1/chat/completions?chunked"), repeatable);
    okHttp(client, server.url("/v1/chat/completions"), new OneShot());
    okHttp(client, server.url("/other"), repeatable);
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  private static void okHttp(OkHttpClient client, String url, RequestBody body) throws Exception {
    Request request = new Request.Builder().url(url).header("x-own", "kept").post(body).build();
    try (Response response = client.newCall(request).execute()) {
      System.out.println(
          "answer="
              + response.code()
              + response.message()
              + response.header("x-canary")
              + response.protocol()
              + response.body().contentLength()
              + response.body().string());
    }
  }

  /** Fails when it is written twice. */
  private static final class OneShot extends RequestBody {
    private boolean written;

    @Override
    public MediaType contentType() {
      return MediaType.get("application/json");
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws java.io.IOException {
      if (written) {
        throw new IllegalStateException("written twice");
      }
      written = true;
      sink.writeUtf8(BODY);
    }
  }
}
