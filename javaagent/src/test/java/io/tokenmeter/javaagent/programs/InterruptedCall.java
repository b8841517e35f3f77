package io.tokenmeter.javaagent.programs;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** Makes its first call to a model on an interrupted thread; then interrupts the meter's thread. */
public final class InterruptedCall {
  private static final String BODY =
      "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private InterruptedCall() {}

  public static void main(String[] arguments) throws Exception {
    try (EchoServer server = new EchoServer()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(server.url("/v1/chat/completions")))
              .POST(BodyPublishers.ofString(BODY))
              .build();
      Thread.currentThread().interrupt();
      CompletableFuture<?> call =
          HttpClient.newHttpClient().sendAsync(request, BodyHandlers.ofString());
      System.out.println("interrupted=" + Thread.interrupted());
      call.get();
    }
    Thread meter =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("tokenmeter"))
            .findAny()
            .orElseThrow();
    meter.interrupt();
    Instant end = Instant.now().plus(PATIENCE);
    while (meter.isInterrupted() && Instant.now().isBefore(end)) {
      Thread.onSpinWait();
    }
    // As long as it is, the thread cannot wait, and uses up a processor.
    System.out.println("busy=" + meter.isInterrupted());
  }
}
