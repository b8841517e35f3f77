package io.tokenmeter.javaagent.seams.jdk;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow.Subscriber;

/**
 * Publishes bytes as often as asked to.
 *
 * @param bytes not changed by anyone
 * @param contentLength as the original publisher said; negative sends them in chunks
 */
record ReplayedPublisher(byte[] bytes, long contentLength) implements BodyPublisher {
  @Override
  public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
    BodyPublishers.ofByteArray(bytes).subscribe(subscriber);
  }
}
