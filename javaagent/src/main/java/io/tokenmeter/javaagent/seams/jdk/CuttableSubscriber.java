package io.tokenmeter.javaagent.seams.jdk;

import io.tokenmeter.engine.Exchange;
import io.tokenmeter.engine.Handover;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Before a body that a budget may end early: the application's subscriber gets what the exchange
 * hands over. With the last of it the subscription ends, and the connection or the stream with it.
 */
final class CuttableSubscriber<T> implements BodySubscriber<T> {
  private final BodySubscriber<T> original;
  private final Exchange exchange;
  private final AtomicReference<@Nullable Subscription> upstream = new AtomicReference<>();
  private volatile boolean over;

  CuttableSubscriber(BodySubscriber<T> original, Exchange exchange) {
    this.original = original;
    this.exchange = exchange;
  }

  @Override
  public CompletionStage<T> getBody() {
    return original.getBody();
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    upstream.set(subscription);
    original.onSubscribe(new AbandoningSubscription(subscription, exchange));
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    List<ByteBuffer> passed = new ArrayList<>(buffers.size());
    for (ByteBuffer buffer : buffers) {
      if (!over) {
        pass(buffer, passed);
      }
    }
    Subscription subscription = upstream.get();
    if (!passed.isEmpty()) {
      original.onNext(List.copyOf(passed));
    } else if (!over && subscription != null) {
      subscription.request(1); // in place of the one that brought nothing to pass on
    }
    if (over && subscription != null && upstream.compareAndSet(subscription, null)) {
      subscription.cancel();
      original.onComplete();
    }
  }

  private void pass(ByteBuffer buffer, List<ByteBuffer> passed) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    Handover handover = exchange.handOver(bytes, 0, bytes.length);
    if (handover == null) {
      passed.add(buffer);
      return;
    }
    over = handover.last();
    if (handover.bytes().length > 0) {
      passed.add(ByteBuffer.wrap(handover.bytes()).asReadOnlyBuffer());
    }
  }

  @Override
  public void onError(Throwable failure) {
    if (!over) {
      exchange.failed(failure);
      original.onError(failure);
    }
  }

  @Override
  public void onComplete() {
    if (!over) {
      exchange.responseEnded();
      original.onComplete();
    }
  }
}
