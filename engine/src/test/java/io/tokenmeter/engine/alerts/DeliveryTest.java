package io.tokenmeter.engine.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.config.Configuration.Webhook;
import io.tokenmeter.engine.config.Configuration.WebhookFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DeliveryTest {
  private static final BudgetAlert ALERT =
      new BudgetAlert.ThresholdCrossed(
          new Budget(
              "day",
              "",
              Budget.Unit.CALLS,
              true,
              "day",
              10,
              8,
              0,
              2,
              Instant.parse("2026-11-26T00:00:00Z")),
          80,
          "block",
          Instant.parse("2026-11-25T12:00:00Z"));

  private static Delivery delivery() {
    Webhook webhook =
        new Webhook("http://127.0.0.1:1/hook", WebhookFormat.JSON, List.of(), Map.of());
    return new Delivery(webhook, 0, ALERT, 0);
  }

  /** As {@link java.net.http.HttpClient} does where a process has too many files open. */
  @Test
  void send_noClientToBeHad_isSentAgain() {
    Delivery delivery = delivery();

    delivery.send(
        () -> {
          throw new UncheckedIOException(new IOException("Too many open files"));
        });

    assertThat(delivery.answer()).isDone();
    assertThat(delivery.failure()).isInstanceOf(IOException.class);
    delivery.postpone(0);
    assertThat(delivery.isDue(999_999_999)).isFalse();
    assertThat(delivery.isDue(1_000_000_000)).isTrue();
  }

  @Test
  void send_noThreadForAClient_isSentAgain() {
    Delivery delivery = delivery();

    delivery.send(
        () -> {
          throw new OutOfMemoryError("unable to create native thread");
        });

    assertThat(delivery.answer()).isDone();
    assertThat(delivery.failure()).isInstanceOf(IOException.class);
  }
}
