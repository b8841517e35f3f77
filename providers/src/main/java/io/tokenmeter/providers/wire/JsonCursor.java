package io.tokenmeter.providers.wire;

import com.fasterxml.jackson.core.JsonToken;
import io.tokenmeter.tokenizers.ContentDigest;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks over a request's body, once and front to back. It always stands on a value; a reader that
 * leaves an object or array where it found it has skipped it.
 */
public final class JsonCursor {
  private final BodyParser parser;
  private final byte[] body;
  private final @Nullable FoldedBody folded;

  private JsonCursor(BodyParser parser, byte[] body, @Nullable FoldedBody folded) {
    this.parser = parser;
    this.body = body;
    this.folded = folded;
  }

  /** Makes something of a body. */
  @FunctionalInterface
  public interface BodyReader<T> {
    @Nullable T read(JsonCursor root) throws IOException;
  }

  /** Takes the value of a field. */
  @FunctionalInterface
  public interface FieldReader {
    void read(String name) throws IOException;
  }

  /** Takes the value of a field of the body itself. */
  @FunctionalInterface
  public interface RootReader {
    void read(JsonCursor json, String name) throws IOException;
  }

  /** Takes an element of an array. */
  @FunctionalInterface
  public interface ElementReader {
    void read() throws IOException;
  }

  /** The body is JSON, but not what the dialect expects. */
  static final class Mismatch extends IOException {
    private static final long serialVersionUID = 1;

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /**
   * Reads a body that is one JSON object.
   *
   * @return null if it is not, or if {@code reader} did not find what it expected
   */
  public static <T> @Nullable T read(byte[] body, BodyReader<T> reader) {
    return read(body, null, reader);
  }

  /**
   * Shows the fields of a body.
   *
   * @return whether it is one JSON object, and all of it was understood
   */
  public static boolean readFields(byte[] body, RootReader reader) {
    Boolean understood =
        JsonCursor.<Boolean>read(
            body,
            root -> {
              root.eachField(name -> reader.read(root, name));
              return true;
            });
    return understood != null;
  }

  /** The same for what is left of a body. */
  public static <T> @Nullable T read(FoldedBody folded, BodyReader<T> reader) {
    return read(folded.body(), folded, reader);
  }

  private static <T> @Nullable T read(
      byte[] body, @Nullable FoldedBody folded, BodyReader<T> reader) {
    try {
      BodyParser parser = new BodyParser(body);
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      T result = reader.read(new JsonCursor(parser, body, folded));
      return parser.nextToken() == null ? result : null;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // Whatever a body holds, and however little stack the caller left, a request that is not
      // understood is none.
      return null;
    }
  }

  /** Reads the fields of the object that the cursor stands on. */
  public void eachField(FieldReader reader) throws IOException {
    require(parser.currentToken() == JsonToken.START_OBJECT);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      reader.read(name);
      skipUnread();
    }
  }

  /** The same, where a name that stands twice is an error: nobody can say which one counts. */
  public void eachUniqueField(FieldReader reader) throws IOException {
    Set<String> names = new HashSet<>();
    eachField(
        name -> {
          require(names.add(name));
          reader.read(name);
        });
  }

  /** Reads the elements of the array that the cursor stands on. */
  public void eachElement(ElementReader reader) throws IOException {
    require(parser.currentToken() == JsonToken.START_ARRAY);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      reader.read();
      skipUnread();
    }
  }

  /** Reads the elements of an array, or a single value that stands in an array's place. */
  public void eachOrOne(ElementReader reader) throws IOException {
    if (isArray()) {
      eachElement(reader);
    } else if (!isNull()) {
      reader.read();
    }
  }

  private void skipUnread() throws IOException {
    JsonToken token = parser.currentToken();
    if (token != null && token.isStructStart()) {
      parser.skipChildren();
    }
  }

  public boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  public boolean isText() {
    return parser.currentToken() == JsonToken.VALUE_STRING;
  }

  public boolean isNumber() {
    JsonToken token = parser.currentToken();
    return token != null && token.isNumeric();
  }

  private boolean isFlag() {
    JsonToken token = parser.currentToken();
    return token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
  }

  public boolean isArray() {
    return parser.currentToken() == JsonToken.START_ARRAY;
  }

  public boolean isObject() {
    return parser.currentToken() == JsonToken.START_OBJECT;
  }

  /** The string that the cursor stands on. */
  public String text() throws IOException {
    require(isText());
    return parser.text();
  }

  /** The string that the cursor stands on; {@code absent} for null. */
  public String text(String absent) throws IOException {
    return isNull() ? absent : text();
  }

  /** The string that the cursor stands on, undecoded. */
  public RawText rawText() throws IOException {
    require(isText());
    return new RawText(body, offset() + 1, scalarEnd() - 1);
  }

  /** The boolean that the cursor stands on; false for null. */
  public boolean flag() throws IOException {
    require(isNull() || isFlag());
    return parser.currentToken() == JsonToken.VALUE_TRUE;
  }

  /** The number that the cursor stands on; {@code absent} for null. */
  public long number(long absent) throws IOException {
    if (isNull()) {
      return absent;
    }
    require(isNumber());
    return parser.longValue();
  }

  /** The value that the cursor stands on as compact JSON text. */
  public String compactJson() throws IOException {
    int start = parser.tokenStart();
    skipUnread();
    return Json.compact(body, start, parser.tokenEnd());
  }

  /** By what the value that the cursor stands on is to be remembered; null if it is not. */
  @Nullable ContentDigest digest() throws IOException {
    return folded == null ? null : folded.digestAt(offset());
  }

  /** Where in the body the value begins. */
  int offset() {
    return parser.tokenStart();
  }

  /** Where in the body the string, number or literal that the cursor stands on has ended. */
  int scalarEnd() throws IOException {
    JsonToken token = parser.currentToken();
    require(token != null && token.isScalarValue());
    return parser.tokenEnd();
  }

  /** Fails the reading of the whole body unless {@code condition} holds. */
  public static void require(boolean condition) throws IOException {
    if (!condition) {
      throw new Mismatch();
    }
  }
}
