package io.tokenmeter.providers.wire;

import io.tokenmeter.providers.ResponseFacts;
import io.tokenmeter.providers.ResponseReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads a response, plain or streamed. Which one it is its first byte tells: JSON begins with a
 * bracket, a line of an event stream never does. The content type is not asked, since proxies leave
 * it out, and send plain error bodies under that of a stream.
 */
public final class BodyReader<A extends Answer> implements ResponseReader {
  private final Shape<A> shape;
  private final A answer;
  private @Nullable JsonFeed<A> json;
  private @Nullable EventFeed<A> events;
  private boolean broken;

  public BodyReader(Shape<A> shape, A answer) {
    this.shape = shape;
    this.answer = answer;
  }

  @Override
  public void feed(byte[] bytes, int offset, int length) {
    if (broken) {
      return;
    }
    try {
      int start = offset;
      if (json == null && events == null) {
        start = begin(bytes, offset, offset + length);
      }
      int rest = offset + length - start;
      if (json != null) {
        json.feed(bytes, start, rest);
      } else if (events != null) {
        events.feed(bytes, start, rest);
      }
    } catch (RuntimeException e) {
      // The response goes on to the application; only its facts end here.
      broken = true;
    }
  }

  /** Passes over white space and a byte order mark; chooses by the first byte that is neither. */
  private int begin(byte[] bytes, int start, int end) {
    for (int i = start; i < end; i++) {
      switch (bytes[i]) {
        case ' ', '\t', '\r', '\n', (byte) 0xEF, (byte) 0xBB, (byte) 0xBF -> {}
        case '{', '[' -> {
          json = new JsonFeed<>(shape, answer);
          return i;
        }
        default -> {
          events = new EventFeed<>(shape, answer);
          return i;
        }
      }
    }
    return end;
  }

  @Override
  public ResponseFacts facts() {
    return answer.facts();
  }
}
