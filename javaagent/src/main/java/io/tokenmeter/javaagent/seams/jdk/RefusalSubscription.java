package io.tokenmeter.javaagent.seams.jdk;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;

/** Hands one body to a subscriber as soon as it asks. */
final class RefusalSubscription implements Subscription {
  private final BodySubscriber<?> subscriber;
  private final byte[] body;
  private final AtomicBoolean over = new AtomicBoolean();

  RefusalSubscription(BodySubscriber<?> subscriber, byte[] body) {
    this.subscriber = subscriber;
    this.body = body;
  }

  @Override
  public void request(long count) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    if (count <= 0) {
      subscriber.onError(new IllegalArgumentException("requested " + count));
      return;
    }
    subscriber.onNext(List.of(ByteBuffer.wrap(body).asReadOnlyBuffer()));
    subscriber.onComplete();
  }

  @Override
  public void cancel() {
    over.set(true);
  }
}
