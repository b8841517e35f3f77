package io.tokenmeter.providers.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON that arrives in pieces, holding no more of it than the string or number at hand. After
 * a fault it is deaf until {@link #restart}.
 */
final class JsonFeed<A extends Answer> {
  private static final int LONGEST_STRING = 1 << 20;

  private final Shape<A> shape;
  private final A answer;
  private @Nullable JsonParser parser;
  private StringClipper clipper = new StringClipper(LONGEST_STRING);
  private ShapeWalker<A> walker;
  private boolean broken;

  JsonFeed(Shape<A> shape, A answer) {
    this.shape = shape;
    this.answer = answer;
    this.walker = new ShapeWalker<>(shape, answer);
  }

  void feed(byte[] bytes, int offset, int length) {
    if (broken) {
      return;
    }
    try {
      clipper.feed(bytes, offset, length, this::parse);
    } catch (IOException | RuntimeException e) {
      // Not JSON, or not within the parser's bounds: what was read before stands.
      broken = true;
    }
  }

  private void parse(byte[] bytes, int offset, int length) throws IOException {
    JsonParser tokens = parser;
    if (tokens == null) {
      tokens = Json.FACTORY.createNonBlockingByteArrayParser();
      parser = tokens;
    }
    ((ByteArrayFeeder) tokens.getNonBlockingInputFeeder())
        .feedInput(bytes, offset, offset + length);
    JsonToken token = tokens.nextToken();
    while (token != null && token != JsonToken.NOT_AVAILABLE) {
      walker.accept(tokens, token);
      token = tokens.nextToken();
    }
  }

  /** Makes sure that the next bytes are read as the beginning of a document. */
  void restart() {
    if (broken || walker.isInside()) {
      parser = null;
      clipper = new StringClipper(LONGEST_STRING);
      walker = new ShapeWalker<>(shape, answer);
      broken = false;
    }
  }
}
