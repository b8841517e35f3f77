package io.tokenmeter.javaagent.programs;

import io.tokenmeter.api.BudgetThreshold;
import io.tokenmeter.api.Reservation;
import io.tokenmeter.api.TokenMeter;
import io.tokenmeter.api.Usage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Spends more than half of a budget and waits for the webhook, whose path looks like a model's, and
 * for its own listener.
 */
public final class AlertedSpend {
  private AlertedSpend() {}

  /** Argument: the configuration, to be written for the running engine to take up. */
  public static void main(String[] arguments) throws Exception {
    try (EchoServer server = new EchoServer()) {
      Files.writeString(
          Path.of(arguments[0]),
          """
          budgets:
            rules:
              - {name: day, limit: 100 tokens, window: day, thresholds: [50, 100]}
          alerts:
            webhooks:
              - url: %s
          """
              .formatted(server.url("/v1/chat/completions")));
      LinkedBlockingQueue<BudgetThreshold> heard = new LinkedBlockingQueue<>();
      TokenMeter meter = TokenMeter.get();
      await(() -> meter.budget("day").isPresent());
      try (TokenMeter.Subscription subscription = meter.onThreshold(heard::add)) {
        spend(meter, 60);
        BudgetThreshold threshold = heard.poll(30, TimeUnit.SECONDS);
        System.out.println("heard=" + threshold.percent() + " " + threshold.budget().used());
        await(() -> !server.received().isEmpty());
        server.received().forEach(request -> System.out.println("received=" + request));
      }
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static void spend(TokenMeter meter, long tokens) {
    try (Reservation hold =
        meter.reservation("openai", "gpt-4o").inputTokens(tokens).maxOutputTokens(0).reserve()) {
      hold.settle(Usage.of(tokens, 0));
    }
  }
}
