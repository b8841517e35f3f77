package io.tokenmeter.engine.alerts;

import io.tokenmeter.engine.config.Configuration.Webhook;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One alert on its way to one webhook. For one thread. */
final class Delivery {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final long FIRST_PAUSE_NANOS = 1_000_000_000L;
  private static final int PAUSE_FACTOR = 4;
  private static final long LONGEST_PAUSE_NANOS = 600_000_000_000L;
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");
  private static final String STATUS = "status ";

  private final Webhook webhook;
  private final int number;
  private final String text;
  private final byte[] body;
  private int attempts;
  private long dueAt;
  private CompletableFuture<HttpResponse<Void>> answer = new CompletableFuture<>();

  /**
   * @param number of the webhook in the configuration, from 0
   * @param dueAt a ticker's nanoseconds
   */
  Delivery(Webhook webhook, int number, BudgetAlert alert, long dueAt) {
    this.webhook = webhook;
    this.number = number;
    this.text = AlertText.of(alert);
    this.body = AlertBody.of(alert, webhook.format());
    this.dueAt = dueAt;
  }

  boolean isDue(long now) {
    return now - dueAt >= 0;
  }

  /**
   * Sends it, or leaves it to be sent again where there is no client to be had.
   *
   * @param client is made at the first post, which takes a file and threads
   */
  void send(Supplier<HttpClient> client) {
    attempts++;
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(webhook.url()))
              .timeout(REQUEST_TIMEOUT)
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(body));
      webhook.headers().forEach(request::setHeader);
      answer = client.get().sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
    } catch (IllegalArgumentException unfit) {
      answer = CompletableFuture.failedFuture(unfit);
    } catch (RuntimeException | Error nothingToSendWith) {
      answer = CompletableFuture.failedFuture(new IOException("no client", nothingToSendWith));
    }
  }

  /** Is completed when something came back, or will never. */
  CompletableFuture<?> answer() {
    return answer;
  }

  /**
   * Why a post did not arrive, of which something came back; null if it did. An {@link IOException}
   * where it may arrive the next time.
   */
  @Nullable Throwable failure() {
    try {
      int status = answer.get().statusCode();
      if (status >= 200 && status < 300) {
        return null;
      }
      return status == 408 || status == 429 || status >= 500
          ? new IOException(STATUS + status)
          : new IllegalStateException(STATUS + status);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      return cause == null ? failed : cause;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return new IOException("interrupted");
    }
  }

  /** Is to be sent again, after a pause that grows, or the one that the server asked for. */
  void postpone(long now) {
    long pause = FIRST_PAUSE_NANOS;
    for (int i = 1; i < attempts && pause < LONGEST_PAUSE_NANOS; i++) {
      pause *= PAUSE_FACTOR;
    }
    dueAt = now + Math.min(LONGEST_PAUSE_NANOS, Math.max(pause, retryAfterNanos()));
    answer = new CompletableFuture<>();
  }

  /** In whole seconds, as Slack says it; a date is not understood, and 0 then. */
  private long retryAfterNanos() {
    if (answer.isCompletedExceptionally()) {
      return 0;
    }
    String seconds = answer.join().headers().firstValue("retry-after").orElse("");
    return SECONDS.matcher(seconds).matches() ? Long.parseLong(seconds) * 1_000_000_000L : 0;
  }

  int attempts() {
    return attempts;
  }

  /** Which webhook this is for, as the configuration names it; its URL is often a secret. */
  String place() {
    return "alerts.webhooks[" + number + "]";
  }

  /** The alert as a sentence. */
  String text() {
    return text;
  }

  /** A failure in a word or two: the message of one of the connection may have the URL in it. */
  static String words(Throwable failure) {
    String message = failure.getMessage();
    return message != null && message.startsWith(STATUS)
        ? message
        : failure.getClass().getSimpleName();
  }
}
