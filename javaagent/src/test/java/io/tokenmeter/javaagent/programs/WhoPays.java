package io.tokenmeter.javaagent.programs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.tokenmeter.api.Attribution;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Calls models, each under a name of its own, for whom its name says. */
public final class WhoPays {
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI url;

  private WhoPays(URI url) {
    this.url = url;
  }

  /**
   * @param arguments which of the calls to make; "key=KEY" states the key of that one
   */
  public static void main(String[] arguments) throws Exception {
    try (EchoServer server = new EchoServer()) {
      WhoPays calls = new WhoPays(URI.create(server.url("/v1/chat/completions")));
      for (String argument : arguments) {
        String[] parts = argument.split("=", 2);
        calls.call(parts[0], parts[parts.length - 1]);
      }
    }
    System.exit(0);
  }

  private void call(String name, String argument) throws Exception {
    Attribution code = Attribution.of("team", "code", "user", "ann");
    switch (name) {
      case "nobody" -> send(name);
      case "scope" -> {
        try (Attribution.Scope scope = code.makeCurrent()) {
          send(name);
        }
        send("after-scope");
      }
      case "executor" -> on(name, Executors.newSingleThreadExecutor(), code);
      case "virtual" -> on(name, virtualThreads(), code);
      case "once" -> {
        try (Attribution.Scope scope = code.makeCurrent()) {
          byte[] body = body(name).getBytes(UTF_8);
          BodyPublisher once = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
          client.sendAsync(request(once).build(), BodyHandlers.ofString()).get();
        }
      }
      case "key" -> send(name, "Authorization", "Bearer " + argument);
      case "header" -> send(name, "baggage", "tokenmeter.team=carried,tokenmeter.user=bea,other=x");
      case "baggage" -> underBaggage(name, code);
      default -> throw new IllegalArgumentException(name);
    }
  }

  private void on(String name, ExecutorService pool, Attribution attribution) throws Exception {
    try {
      ExecutorService executor = Attribution.propagating(pool);
      try (Attribution.Scope scope = attribution.makeCurrent()) {
        executor.submit(() -> send(name)).get();
      }
    } finally {
      pool.shutdown();
    }
  }

  private void underBaggage(String name, Attribution code) throws Exception {
    OpenTelemetrySdk.builder().buildAndRegisterGlobal();
    Baggage baggage =
        Baggage.builder().put("tokenmeter.team", "carried").put("tokenmeter.user", "bea").build();
    try (Scope current = baggage.makeCurrent()) {
      send(name);
      try (Attribution.Scope scope = code.makeCurrent()) {
        send(name + "-and-scope");
      }
    }
  }

  private Void send(String name, String... headers) throws Exception {
    HttpRequest.Builder request = request(BodyPublishers.ofString(body(name)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    client.send(request.build(), BodyHandlers.ofString());
    return null;
  }

  private static String body(String name) {
    return "{\"model\":\"" + name + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
  }

  private HttpRequest.Builder request(BodyPublisher body) {
    return HttpRequest.newBuilder(url).header("content-type", "application/json").POST(body);
  }

  /** By reflection: the programs are compiled for JDK 17. */
  private static ExecutorService virtualThreads() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }
}
