package io.tokenmeter.tokenizers;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A step of the way from a text to its tokens: it takes UTF-8 in any number of parts, changes or
 * cuts it, and hands it on to the next step. Reusable, not thread-safe.
 *
 * <p>A text consists of sections, which do not know of each other: what stands between two added
 * tokens is one.
 */
abstract class Stage {
  private final @Nullable Stage next;

  Stage(@Nullable Stage next) {
    this.next = next;
  }

  final Stage next() {
    return Objects.requireNonNull(next);
  }

  /** Takes more of the section: whole code points of well-formed UTF-8, at least one. */
  abstract void append(byte[] utf8, int from, int to);

  /** Ends the section. The next one is not at the start of the text. */
  abstract void endSection();

  /** An added token, behind the section that was ended before. */
  void addToken(int id) {
    next().addToken(id);
  }

  /** Forgets everything, for the next text. */
  abstract void reset();

  /** Becomes as far as the same stage of another counter of the same encoding. */
  abstract void copyFrom(Stage other);
}
