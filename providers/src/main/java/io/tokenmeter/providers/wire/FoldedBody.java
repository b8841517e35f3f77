package io.tokenmeter.providers.wire;

import io.tokenmeter.tokenizers.ContentDigest;
import io.tokenmeter.tokenizers.RememberedParts;
import io.tokenmeter.tokenizers.RequestCounter;
import io.tokenmeter.tokenizers.RequestCounters;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request's body without the parts that its model's counter remembers: they are neither unescaped
 * nor parsed nor counted again. Elements of arrays are left out, other values become {@code null};
 * all else stands byte for byte, so that whoever reads it judges it as before. For one thread.
 */
public final class FoldedBody {
  /** In shorter bodies there is nothing to gain. */
  private static final int SHORTEST_BODY = 512;

  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  /**
   * Where a dialect's bodies have what comes again with the next call.
   *
   * @param modelInBody whether the body's field {@code model} names the model
   * @param arrays fields whose elements are parts, if they are arrays
   * @param values fields whose whole value is a part
   * @param marks what is to be remembered with a part
   */
  public record Layout(boolean modelInBody, Set<String> arrays, Set<String> values, Marks marks) {}

  /** What a dialect wants to be told again of a part. */
  @FunctionalInterface
  public interface Marks {
    /** Nothing. */
    Marks NONE = (body, from, to) -> 0;

    /** Bits of {@link ContentDigest#ALL_MARKS}, from the part's bytes alone. */
    int of(byte[] body, int from, int to);
  }

  private final byte[] body;
  private final @Nullable RememberedParts remembered;
  private final Marks marks;

  /** The parts that are left, in the order of their places; null for none. */
  private final @Nullable BodyParts parts;

  /** The part that is asked for next, since a body is read front to back. */
  private int next;

  private FoldedBody(
      byte[] body, @Nullable RememberedParts remembered, Marks marks, @Nullable BodyParts parts) {
    this.body = body;
    this.remembered = remembered;
    this.marks = marks;
    this.parts = parts;
  }

  /**
   * Folds a body.
   *
   * @param modelInPath the model that the request's path names, where it names one
   */
  public static FoldedBody of(
      byte[] body,
      Layout layout,
      String provider,
      @Nullable String modelInPath,
      RequestCounters counters) {
    if (counters.memory().isOn() && body.length >= SHORTEST_BODY) {
      BodyParts parts = BodyParts.find(body, layout, counters.memory());
      String model = parts == null || parts.model() == null ? modelInPath : parts.model();
      if (parts != null && model != null && !model.isEmpty()) {
        return fold(body, layout.marks(), parts, counters.forModel(provider, model));
      }
    }
    return whole(body);
  }

  /** A body in which nothing comes again. */
  public static FoldedBody whole(byte[] body) {
    return new FoldedBody(body, null, Marks.NONE, null);
  }

  private static FoldedBody fold(
      byte[] body, Marks marks, BodyParts parts, RequestCounter counter) {
    RememberedParts remembered = new RememberedParts();
    int known = 0;
    for (int part = 0; part < parts.count(); part++) {
      if (counter.recall(parts.high(part), parts.low(part), remembered)) {
        parts.know(part);
        known += parts.to(part) - parts.from(part);
      }
    }
    if (remembered.count() == 0) {
      return new FoldedBody(body, null, marks, parts);
    }
    byte[] rest = new byte[body.length - known + NULL.length * parts.count()];
    int end = copyUnknown(body, parts, rest);
    return new FoldedBody(Arrays.copyOf(rest, end), remembered, marks, parts);
  }

  /** Copies what is left of a body, and keeps the parts that are. Returns where it ends. */
  private static int copyUnknown(byte[] body, BodyParts parts, byte[] rest) {
    int copiedTo = 0;
    int end = 0;
    int left = 0;
    for (int part = 0; part < parts.count(); part++) {
      if (!parts.isKnown(part)) {
        parts.move(part, left++, end - copiedTo);
        continue;
      }
      int from = parts.from(part);
      System.arraycopy(body, copiedTo, rest, end, from - copiedTo);
      end += from - copiedTo;
      copiedTo = parts.to(part);
      if (!parts.isElement(part)) {
        System.arraycopy(NULL, 0, rest, end, NULL.length);
        end += NULL.length;
        continue;
      }
      int behind = RawJson.skipSpace(body, copiedTo);
      if (body[behind] == ',') {
        copiedTo = behind + 1;
      } else {
        end = withoutComma(rest, end);
      }
    }
    parts.shrinkTo(left);
    System.arraycopy(body, copiedTo, rest, end, body.length - copiedTo);
    return end + body.length - copiedTo;
  }

  /** Where the array ends without the comma that the last element has left behind, if it has. */
  private static int withoutComma(byte[] folded, int end) {
    int last = end - 1;
    while (last >= 0 && RawJson.isSpace(folded[last])) {
      last--;
    }
    return last >= 0 && folded[last] == ',' ? last : end;
  }

  /** What is left to read. */
  public byte[] body() {
    return body;
  }

  /** What was left out; null for nothing. */
  public @Nullable RememberedParts remembered() {
    return remembered;
  }

  /**
   * By what the part that begins at {@code offset} is to be remembered; null if none begins there.
   * Offsets are asked for in ascending order.
   */
  @Nullable ContentDigest digestAt(int offset) {
    if (parts == null) {
      return null;
    }
    while (next < parts.count() && parts.from(next) < offset) {
      next++;
    }
    if (next == parts.count() || parts.from(next) != offset) {
      return null;
    }
    int seen = marks.of(body, parts.from(next), parts.to(next));
    return new ContentDigest(parts.high(next), parts.low(next), seen);
  }
}
