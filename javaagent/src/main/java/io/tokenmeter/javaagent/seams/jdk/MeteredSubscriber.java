package io.tokenmeter.javaagent.seams.jdk;

import io.tokenmeter.engine.Exchange;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

/** Shows the exchange what passes from the network to the application's own subscriber. */
final class MeteredSubscriber<T> implements BodySubscriber<T> {
  private static final int WINDOW = 8192;

  private final BodySubscriber<T> original;
  private final Exchange exchange;
  private byte[] window = {};

  MeteredSubscriber(BodySubscriber<T> original, Exchange exchange) {
    this.original = original;
    this.exchange = exchange;
  }

  @Override
  public CompletionStage<T> getBody() {
    return original.getBody();
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    original.onSubscribe(new AbandoningSubscription(subscription, exchange));
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    buffers.forEach(buffer -> show(buffer.duplicate()));
    original.onNext(buffers);
  }

  /** The client's buffers are read-only, so that their arrays cannot be shown. */
  private void show(ByteBuffer buffer) {
    while (buffer.hasRemaining()) {
      int length = Math.min(buffer.remaining(), WINDOW);
      if (window.length < length) {
        window = new byte[length];
      }
      buffer.get(window, 0, length);
      exchange.responseBytes(window, 0, length);
    }
  }

  @Override
  public void onError(Throwable failure) {
    exchange.failed(failure);
    original.onError(failure);
  }

  @Override
  public void onComplete() {
    exchange.responseEnded();
    original.onComplete();
  }
}
