package io.tokenmeter.engine.alerts;

import io.tokenmeter.engine.config.Configuration.Webhook;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts alerts to webhooks. Nobody waits for an answer: {@link #tick}, about once a second on the
 * meter's thread, sends what is due and looks at what came back. A post that fails for want of a
 * connection or time, or with 408, 429 or a 5xx status, is sent again after 1, 4, 16, 64 and 256
 * seconds and then every ten minutes, and no earlier than a {@code Retry-After} asks for; after
 * about an hour it is dropped. While a queue of {@value #MAX_WAITING} has no room, alerts are left
 * to be told later. What fails is logged without the URL, which is often a secret. Redirects are
 * not followed.
 *
 * <p>For one thread at a time.
 */
public final class Webhooks implements AlertListener {
  static final int MAX_WAITING = 256;

  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");
  static final int MAX_ATTEMPTS = 11;

  private static final Logger LOG = LoggerFactory.getLogger("tokenmeter");

  /** One row of a budget has at most so many thresholds to tell of at once. */
  private static final int ALERTS_AT_ONCE = 16;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final long FIRST_PAUSE_NANOS = 1_000_000_000L;
  private static final int PAUSE_FACTOR = 4;
  private static final long LONGEST_PAUSE_NANOS = 600_000_000_000L;
  private static final long CLOSE_WAIT_NANOS = 2_000_000_000L;

  private final LongSupplier nanoTicker;
  private final BiConsumer<String, Throwable> faults;
  private final Queue<Delivery> waiting = new ArrayDeque<>();
  private final List<Delivery> underWay = new ArrayList<>();
  private @Nullable HttpClient client;
  private volatile List<Webhook> webhooks;

  /** One alert for one webhook. */
  private static final class Delivery {
    private final Webhook webhook;
    private final int number;
    private final String text;
    private final byte[] body;
    private int attempts;
    private long dueAt;
    private @Nullable CompletableFuture<HttpResponse<Void>> answer;

    /**
     * @param number of the webhook in the configuration, from 0
     */
    Delivery(Webhook webhook, int number, BudgetAlert alert, long dueAt) {
      this.webhook = webhook;
      this.number = number;
      this.text = AlertText.of(alert);
      this.body = AlertBody.of(alert, webhook.format());
      this.dueAt = dueAt;
    }
  }

  /**
   * @param nanoTicker a monotonic clock
   * @param faults is told of what could not be delivered
   */
  public Webhooks(
      List<Webhook> webhooks, LongSupplier nanoTicker, BiConsumer<String, Throwable> faults) {
    this.webhooks = List.copyOf(webhooks);
    this.nanoTicker = nanoTicker;
    this.faults = faults;
  }

  /** Sends to others from now on; what waits still goes where it was to go. */
  public void reconfigure(List<Webhook> webhooks) {
    this.webhooks = List.copyOf(webhooks);
  }

  /** Whether there are any, and room for all that one look at a budget may have to tell. */
  @Override
  public boolean isReady() {
    int most = webhooks.size() * ALERTS_AT_ONCE;
    int queued = waiting.size() + underWay.size();
    return most > 0 && (queued == 0 || queued + most <= MAX_WAITING);
  }

  @Override
  public void alert(BudgetAlert alert) {
    enqueue(alert);
    tick();
  }

  void enqueue(BudgetAlert alert) {
    List<Webhook> current = webhooks;
    for (int i = 0; i < current.size(); i++) {
      Webhook webhook = current.get(i);
      if (!webhook.wants(alert instanceof BudgetAlert.ThresholdCrossed c ? c.percent() : 0)) {
        continue;
      }
      if (waiting.size() + underWay.size() >= MAX_WAITING) {
        faults.accept("Webhooks.overflow", new IllegalStateException("too many alerts wait"));
        return;
      }
      waiting.add(new Delivery(webhook, i, alert, nanoTicker.getAsLong()));
    }
  }

  /** Looks at what came back, and sends what is due. Does not block. */
  public void tick() {
    for (Iterator<Delivery> i = underWay.iterator(); i.hasNext(); ) {
      Delivery delivery = i.next();
      if (delivery.answer == null || delivery.answer.isDone()) {
        i.remove();
        finish(delivery);
      }
    }
    long now = nanoTicker.getAsLong();
    for (Iterator<Delivery> i = waiting.iterator(); i.hasNext(); ) {
      Delivery delivery = i.next();
      if (now - delivery.dueAt >= 0) {
        i.remove();
        underWay.add(delivery);
        send(delivery);
      }
    }
  }

  private void send(Delivery delivery) {
    delivery.attempts++;
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(delivery.webhook.url()))
              .timeout(REQUEST_TIMEOUT)
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(delivery.body));
      delivery.webhook.headers().forEach(request::setHeader);
      delivery.answer = client().sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
    } catch (IllegalArgumentException unfit) {
      delivery.answer = CompletableFuture.failedFuture(unfit);
    }
  }

  private HttpClient client() {
    HttpClient current = client;
    if (current == null) {
      current =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(CONNECT_TIMEOUT)
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
      client = current;
    }
    return current;
  }

  private void finish(Delivery delivery) {
    Throwable failure = failure(delivery);
    if (failure == null) {
      return;
    }
    if (!(failure instanceof IOException) || delivery.attempts >= MAX_ATTEMPTS) {
      LOG.warn(
          "tokenmeter: alerts.webhooks[{}] did not take an alert ({}); it is dropped: {}",
          delivery.number,
          words(failure),
          delivery.text);
      faults.accept("Webhooks.delivery", failure);
      return;
    }
    if (delivery.attempts == 1) {
      LOG.warn(
          "tokenmeter: alerts.webhooks[{}] did not take an alert ({}); it is sent again for up to"
              + " an hour",
          delivery.number,
          words(failure));
    }
    long pause = Math.max(pauseNanos(delivery.attempts), retryAfterNanos(delivery));
    delivery.answer = null;
    delivery.dueAt = nanoTicker.getAsLong() + pause;
    waiting.add(delivery);
  }

  /** A failure of the connection may have the URL in its message. */
  private static String words(Throwable failure) {
    String message = failure.getMessage();
    return message != null && message.startsWith("status ")
        ? message
        : failure.getClass().getSimpleName();
  }

  private static long pauseNanos(int attempts) {
    long pause = FIRST_PAUSE_NANOS;
    for (int i = 1; i < attempts && pause < LONGEST_PAUSE_NANOS; i++) {
      pause *= PAUSE_FACTOR;
    }
    return Math.min(pause, LONGEST_PAUSE_NANOS);
  }

  /** What the server asks for in seconds; a date is not understood, and 0 then. */
  private static long retryAfterNanos(Delivery delivery) {
    CompletableFuture<HttpResponse<Void>> answer = delivery.answer;
    if (answer == null || answer.isCompletedExceptionally()) {
      return 0;
    }
    String seconds = answer.join().headers().firstValue("retry-after").orElse("");
    return SECONDS.matcher(seconds).matches()
        ? Math.min(Long.parseLong(seconds) * 1_000_000_000L, LONGEST_PAUSE_NANOS)
        : 0;
  }

  /** Why a post did not arrive; an {@link IOException} where it may arrive the next time. */
  private static @Nullable Throwable failure(Delivery delivery) {
    CompletableFuture<HttpResponse<Void>> answer = delivery.answer;
    if (answer == null) {
      return new IOException("was not sent");
    }
    try {
      int status = answer.get().statusCode();
      if (status >= 200 && status < 300) {
        return null;
      }
      return status == 408 || status == 429 || status >= 500
          ? new IOException("status " + status)
          : new IllegalStateException("status " + status);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      return cause == null ? failed : cause;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return new IOException("interrupted");
    }
  }

  /** Looks at what came back, and says whether no answer is awaited. For tests. */
  boolean settled() {
    tick();
    return underWay.isEmpty();
  }

  /** Sends what waits a last time, and waits up to two seconds for answers. */
  public void close() {
    for (Delivery delivery : waiting) {
      underWay.add(delivery);
      send(delivery);
    }
    waiting.clear();
    try {
      CompletableFuture.allOf(
              underWay.stream()
                  .map(delivery -> delivery.answer)
                  .filter(Objects::nonNull)
                  .toArray(CompletableFuture<?>[]::new))
          .get(CLOSE_WAIT_NANOS, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      // looked at one by one
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    long lost = underWay.stream().filter(Webhooks::isLost).count();
    if (lost > 0) {
      LOG.warn("tokenmeter: {} alerts did not reach their webhooks before the process ended", lost);
      faults.accept("Webhooks.close", new IOException(lost + " alerts"));
    }
  }

  private static boolean isLost(Delivery delivery) {
    CompletableFuture<HttpResponse<Void>> answer = delivery.answer;
    return answer == null || !answer.isDone() || failure(delivery) != null;
  }
}
