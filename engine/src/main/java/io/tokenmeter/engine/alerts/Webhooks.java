package io.tokenmeter.engine.alerts;

import io.tokenmeter.engine.config.Configuration.Webhook;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts alerts to webhooks. Nobody waits for an answer: {@link #tick}, about once a second on the
 * meter's thread, sends what is due and looks at what came back. A post that fails for want of a
 * connection or time, or with 408, 429 or a 5xx status, is sent again after 1, 4, 16, 64 and 256
 * seconds and then every ten minutes, and no earlier than a {@code Retry-After} of up to ten
 * minutes asks for; after about an hour it is dropped. While a queue of {@value #MAX_WAITING} has
 * no room, alerts are left to be told later. What fails is logged without the URL, which is often a
 * secret. Redirects are not followed.
 *
 * <p>For one thread at a time.
 */
public final class Webhooks implements AlertListener {
  static final int MAX_WAITING = 256;
  static final int MAX_ATTEMPTS = 11;

  private static final Logger LOG = LoggerFactory.getLogger("tokenmeter");

  /** One row of a budget has at most so many thresholds to tell of at once. */
  private static final int ALERTS_AT_ONCE = 16;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final long CLOSE_WAIT_NANOS = 2_000_000_000L;

  private final LongSupplier nanoTicker;
  private final BiConsumer<String, Throwable> faults;
  private final Queue<Delivery> waiting = new ArrayDeque<>();
  private final List<Delivery> underWay = new ArrayList<>();
  private @Nullable HttpClient client;
  private volatile List<Webhook> webhooks;
  private volatile boolean hurried;

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
      if (delivery.answer().isDone()) {
        i.remove();
        finish(delivery);
      }
    }
    long now = nanoTicker.getAsLong();
    for (Iterator<Delivery> i = waiting.iterator(); i.hasNext(); ) {
      Delivery delivery = i.next();
      if (hurried || delivery.isDue(now)) {
        i.remove();
        underWay.add(delivery);
        delivery.send(this::client);
      }
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
    Throwable failure = delivery.failure();
    if (failure == null) {
      return;
    }
    if (!(failure instanceof IOException) || delivery.attempts() >= MAX_ATTEMPTS) {
      LOG.warn(
          "tokenmeter: {} did not take an alert ({}), which is dropped: {}",
          delivery.place(),
          Delivery.words(failure),
          delivery.text());
      faults.accept("Webhooks.delivery", failure);
      return;
    }
    if (delivery.attempts() == 1) {
      LOG.warn(
          "tokenmeter: {} did not take an alert ({}); it is sent again for up to an hour",
          delivery.place(),
          Delivery.words(failure));
    }
    delivery.postpone(nanoTicker.getAsLong());
    waiting.add(delivery);
  }

  /** Looks at what came back, and says whether no answer is awaited. For tests. */
  boolean settled() {
    tick();
    return underWay.isEmpty();
  }

  /** The process is about to end: from now on what waits to be sent again is due at once. */
  public void hurry() {
    hurried = true;
  }

  /** Waits up to two seconds for answers; nothing more is sent. */
  public void close() {
    try {
      CompletableFuture.allOf(
              underWay.stream().map(Delivery::answer).toArray(CompletableFuture<?>[]::new))
          .get(CLOSE_WAIT_NANOS, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      // looked at one by one
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    long lost = waiting.size() + underWay.stream().filter(Webhooks::isLost).count();
    if (lost > 0) {
      LOG.warn("tokenmeter: {} alerts did not reach their webhooks before the process ended", lost);
      faults.accept("Webhooks.close", new IOException(lost + " alerts"));
    }
  }

  private static boolean isLost(Delivery delivery) {
    return !delivery.answer().isDone() || delivery.failure() != null;
  }
}
