package io.tokenmeter.javaagent.programs;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;

/** Calls whose body never comes, with a time limit; prints how they end. */
public final class StalledBody {
  private static final Duration LIMIT = Duration.ofMillis(500);

  private StalledBody() {}

  public static void main(String[] arguments) throws Exception {
    try (EchoServer server = new EchoServer()) {
      URI url = URI.create(server.url("/v1/chat/completions"));
      HttpClient client = HttpClient.newHttpClient();
      HttpRequest request = HttpRequest.newBuilder(url).timeout(LIMIT).POST(silent()).build();
      try {
        client.send(request, BodyHandlers.ofString());
      } catch (IOException failure) {
        System.out.println("sync=" + failure);
      }
      try {
        client.sendAsync(request, BodyHandlers.ofString()).get();
      } catch (ExecutionException failure) {
        System.out.println("async=" + failure.getCause());
      }
    }
  }

  private static BodyPublisher silent() {
    return BodyPublishers.fromPublisher(
        subscriber ->
            subscriber.onSubscribe(
                new Subscription() {
                  @Override
                  public void request(long count) {}

                  @Override
                  public void cancel() {}
                }));
  }
}
