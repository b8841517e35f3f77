package io.tokenmeter.javaagent.programs;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;

/**
 * Makes its first call to a model on an interrupted thread; then interrupts every thread of its own
 * thread group and the meter's, and looks what that one does.
 */
public final class InterruptedCall {
  private static final String BODY =
      "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
  private static final int WATCHED_MILLIS = 1000;

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
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long before = threads.getThreadCpuTime(meter.getId());
    Thread.sleep(WATCHED_MILLIS);
    long used = threads.getThreadCpuTime(meter.getId()) - before;
    System.out.println("busy=" + (used > WATCHED_MILLIS * 1_000_000L / 5));
  }
}
