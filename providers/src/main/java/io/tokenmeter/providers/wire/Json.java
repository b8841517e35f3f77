package io.tokenmeter.providers.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The one JSON factory, and what is written with it. */
public final class Json {
  /**
   * Field names are neither interned nor policed for hash collisions, since they are the
   * application's; strings may be as long as the body that holds them. Depth is bounded because
   * requests are read by recursion, on a stack that is the application's. The pool is shared
   * because the calling threads may be virtual and many.
   */
  static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNestingDepth(200)
                  .build())
          .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
          .build();

  private Json() {}

  /** Writes a document. */
  @FunctionalInterface
  public interface Writing {
    void write(JsonGenerator json) throws IOException;
  }

  /** What {@code writing} wrote, as UTF-8. */
  public static byte[] bytes(Writing writing) {
    return text(writing).getBytes(StandardCharsets.UTF_8);
  }

  static String quoted(String text) {
    return text(json -> json.writeString(text));
  }

  private static String text(Writing writing) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      writing.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("a string cannot be written to", e);
    }
    return text.toString();
  }

  /** The value that stands in a body between two places as compact JSON. */
  static String compact(byte[] body, int from, int to) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonParser parser = FACTORY.createParser(body, from, to - from);
        JsonGenerator json = FACTORY.createGenerator(text)) {
      parser.nextToken();
      json.copyCurrentStructure(parser);
    }
    return text.toString();
  }
}
