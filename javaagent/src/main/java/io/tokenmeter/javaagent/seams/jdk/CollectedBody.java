package io.tokenmeter.javaagent.seams.jdk;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Takes in all that a publisher publishes. */
final class CollectedBody implements Subscriber<ByteBuffer> {
  /** The JDK's publishers of bytes in memory: they publish again, at once and without waiting. */
  private static final Set<String> REPLAYABLE =
      Set.of(
          "jdk.internal.net.http.RequestPublishers$ByteArrayPublisher",
          "jdk.internal.net.http.RequestPublishers$StringPublisher",
          "jdk.internal.net.http.RequestPublishers$EmptyPublisher");

  private final ByteArrayOutputStream bytes;
  private final CompletableFuture<byte[]> whole = new CompletableFuture<>();

  private CollectedBody(BodyPublisher publisher) {
    long length = publisher.contentLength();
    bytes = new ByteArrayOutputStream(length > 0 && length < 1 << 20 ? (int) length : 1024);
  }

  /** The body, if reading it changes nothing and takes no waiting; else null. */
  static byte @Nullable [] ofReplayable(BodyPublisher publisher) {
    if (publisher instanceof ReplayedPublisher replayed) {
      return replayed.bytes();
    }
    return REPLAYABLE.contains(publisher.getClass().getName()) ? of(publisher).getNow(null) : null;
  }

  /** Subscribes on the calling thread, which the publisher may block. */
  static CompletableFuture<byte[]> of(BodyPublisher publisher) {
    CollectedBody collected = new CollectedBody(publisher);
    publisher.subscribe(collected);
    return collected.whole;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(ByteBuffer buffer) {
    byte[] piece = new byte[buffer.remaining()];
    buffer.get(piece);
    bytes.writeBytes(piece);
  }

  @Override
  public void onError(Throwable failure) {
    whole.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    whole.complete(bytes.toByteArray());
  }
}
