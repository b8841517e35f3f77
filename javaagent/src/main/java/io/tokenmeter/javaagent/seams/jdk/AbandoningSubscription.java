package io.tokenmeter.javaagent.seams.jdk;

import io.tokenmeter.engine.Exchange;
import java.util.concurrent.Flow.Subscription;

/** What the application's subscriber holds: to cancel is to abandon the call. */
record AbandoningSubscription(Subscription original, Exchange exchange) implements Subscription {
  @Override
  public void request(long count) {
    original.request(count);
  }

  @Override
  public void cancel() {
    exchange.abandoned();
    original.cancel();
  }
}
