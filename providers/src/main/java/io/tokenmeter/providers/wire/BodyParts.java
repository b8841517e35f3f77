package io.tokenmeter.providers.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.tokenmeter.providers.wire.FoldedBody.Layout;
import io.tokenmeter.tokenizers.RequestMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The parts of a body that may come again, where they stand, and their hashes. */
final class BodyParts {
  /** Shorter parts are read and counted as fast as they are looked up. */
  private static final int SHORTEST = 48;

  private static final int INITIAL = 32;

  // The numbers that are kept of each part.
  private static final int PLACE = 0; // from and to
  private static final int LOW = 1;
  private static final int HIGH = 2;
  private static final int WIDTH = 3;

  // Bits of the place that no array's index has.
  private static final long ELEMENT = 1L << 63;
  private static final long KNOWN = 1L << 31;

  /** An odd number, so that different fields give different sums. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final byte[] body;
  private final Layout layout;
  private final RequestMemory memory;
  private long[] numbers = new long[INITIAL * WIDTH];
  private int count;
  private @Nullable String model;

  private BodyParts(byte[] body, Layout layout, RequestMemory memory) {
    this.body = body;
    this.layout = layout;
    this.memory = memory;
  }

  /** The parts of a body that is a JSON object; null if it seems to be none. */
  static @Nullable BodyParts find(byte[] body, Layout layout, RequestMemory memory) {
    BodyParts parts = new BodyParts(body, layout, memory);
    return parts.findFields() ? parts : null;
  }

  private boolean findFields() {
    int at = RawJson.skipSpace(body, 0);
    if (!is('{', at)) {
      return false;
    }
    do {
      int key = RawJson.skipSpace(body, at + 1);
      int keyEnd = is('"', key) ? RawJson.stringEnd(body, key) : -1;
      int colon = keyEnd < 0 ? -1 : RawJson.skipSpace(body, keyEnd);
      if (colon < 0 || !is(':', colon)) {
        return false;
      }
      int value = RawJson.skipSpace(body, colon + 1);
      int end = value(new String(body, key + 1, keyEnd - key - 2, ISO_8859_1), value);
      if (end < 0) {
        return false;
      }
      at = RawJson.skipSpace(body, end);
    } while (is(',', at));
    return is('}', at);
  }

  private boolean is(char expected, int at) {
    return at < body.length && body[at] == expected;
  }

  /** Returns where the value ends; -1 if that cannot be told. */
  private int value(String name, int at) {
    if (layout.arrays().contains(name) && is('[', at)) {
      return elements(name, at);
    }
    int end = RawJson.valueEnd(body, at);
    if (end < 0) {
      return -1;
    }
    if (layout.values().contains(name)) {
      add(name.hashCode() * SPREAD, at, end, 0);
    } else if (layout.modelInBody() && name.equals("model") && is('"', at)) {
      String text = new String(body, at + 1, end - at - 2, ISO_8859_1);
      // Escaped, or not ASCII: its parser knows better, and no model is named so.
      if (text.chars().anyMatch(c -> c == '\\' || c >= 0x80)) {
        return -1;
      }
      model = text;
    }
    return end;
  }

  private int elements(String name, int array) {
    int at = RawJson.skipSpace(body, array + 1);
    if (is(']', at)) {
      return at + 1;
    }
    long salt = name.hashCode() * SPREAD;
    long before = salt;
    while (true) {
      int end = knownEnd(salt, before, at);
      if (end < 0) {
        end = RawJson.valueEnd(body, at);
        if (end < 0) {
          return -1;
        }
        add(salt, at, end, ELEMENT);
        memory.followed(before, end - at);
      }
      before = count == 0 ? salt : high(count - 1);
      int behind = RawJson.skipSpace(body, end);
      if (is(']', behind)) {
        return behind + 1;
      }
      if (!is(',', behind)) {
        return -1;
      }
      at = RawJson.skipSpace(body, behind + 1);
    }
  }

  /**
   * Adds the element that begins at {@code at} if it is remembered and as long as the one that came
   * here the last time. The same bytes were an element before, so that it ends where that one did.
   *
   * @return where it ends; -1 if it has to be looked for
   */
  private int knownEnd(long salt, long before, int at) {
    int length = memory.followerLength(before);
    int end = at + length;
    if (length < SHORTEST || end > body.length - 1 || end < 0) {
      return -1;
    }
    byte last = body[end - 1];
    byte next = body[end];
    if ((last != '}' && last != '"' && last != ']')
        || (next != ',' && next != ']' && !RawJson.isSpace(next))) {
      return -1;
    }
    add(salt, at, end, ELEMENT);
    if (memory.contains(high(count - 1), low(count - 1))) {
      return end;
    }
    count--;
    return -1;
  }

  private void add(long salt, int from, int to, long kind) {
    if (to - from < SHORTEST) {
      return;
    }
    int at = count++ * WIDTH;
    if (at == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * numbers.length);
    }
    numbers[at + PLACE] = kind | (long) from << 32 | to;
    memory.hash(body, from, to, numbers, at + LOW);
    // The same bytes are a message in one field and a tool in another.
    numbers[at + HIGH] += salt;
  }

  /** The model that the body names; null for none. */
  @Nullable String model() {
    return model;
  }

  int count() {
    return count;
  }

  int from(int part) {
    return (int) (numbers[part * WIDTH + PLACE] >>> 32) & Integer.MAX_VALUE;
  }

  int to(int part) {
    return (int) numbers[part * WIDTH + PLACE] & Integer.MAX_VALUE;
  }

  long low(int part) {
    return numbers[part * WIDTH + LOW];
  }

  long high(int part) {
    return numbers[part * WIDTH + HIGH];
  }

  /** Whether it is an element of an array, and not a field's value. */
  boolean isElement(int part) {
    return numbers[part * WIDTH + PLACE] < 0;
  }

  /** Whether the part need not be read. */
  boolean isKnown(int part) {
    return (numbers[part * WIDTH + PLACE] & KNOWN) != 0;
  }

  /** The part need not be read. */
  void know(int part) {
    numbers[part * WIDTH + PLACE] |= KNOWN;
  }

  /** Makes a part the one of another number, with its place so many bytes further on. */
  void move(int part, int to, int bytes) {
    long place = numbers[part * WIDTH + PLACE];
    System.arraycopy(numbers, part * WIDTH, numbers, to * WIDTH, WIDTH);
    long from = from(part) + (long) bytes;
    numbers[to * WIDTH + PLACE] = place & ELEMENT | from << 32 | to(part) + (long) bytes;
  }

  /** Drops all parts but the first ones. */
  void shrinkTo(int parts) {
    count = parts;
  }
}
