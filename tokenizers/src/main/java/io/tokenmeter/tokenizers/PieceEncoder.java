package io.tokenmeter.tokenizers;

import java.util.Arrays;

/**
 * Encodes one piece. Reusable, not thread-safe.
 *
 * <p>Instead of merging from single bytes up, it takes the longest token at each place as long as
 * the neighbours {@linkplain Vocabulary#canFollow can stand side by side}: exactly one such chain
 * of tokens reaches the end, and it is the one that merging gives. Where no token fits, the place
 * is closed for good and the token before it shortened, so the work is linear in the piece. The
 * method is that of the Rust crate {@code bpe} (github/rust-gems).
 *
 * <p>Where what the last token stands for comes once more, that token is tried before longer ones:
 * in a long run of one symbol the longest tokens would lead into hundreds of dead ends each time.
 */
final class PieceEncoder {
  private static final int SMALL = 512;

  private final Vocabulary vocabulary;
  private int[] tokens = new int[SMALL];

  /** One bit a place: no chain of tokens leads from there to the end. */
  private long[] closed = new long[SMALL / Long.SIZE];

  PieceEncoder(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Encodes the piece and returns how many {@link #tokens()} it has. */
  int encode(byte[] text, int from, int to) {
    openAll(to - from);
    int count = 0;
    int at = from;
    int next = vocabulary.longest(text, from, to);
    while (true) {
      int end = at + vocabulary.length(next);
      if (isOpen(end - from)
          && (count == 0 || vocabulary.canFollow(tokens[count - 1], next, text, at))) {
        push(count++, next);
        if (end == to) {
          return count;
        }
        next = isRepeated(text, at, end, to) ? next : vocabulary.longest(text, end, to);
        at = end;
        continue;
      }
      int before = count == 0 ? Vocabulary.NONE : tokens[count - 1];
      int other = next == before ? vocabulary.longest(text, at, to) : vocabulary.nextPrefix(next);
      next = other == before && other != Vocabulary.NONE ? vocabulary.nextPrefix(other) : other;
      if (next == Vocabulary.NONE) {
        close(at - from);
        next = tokens[--count];
        at -= vocabulary.length(next);
      }
    }
  }

  /** Whether what is between the first two comes again. */
  private static boolean isRepeated(byte[] text, int from, int to, int limit) {
    int length = to - from;
    long different = Longs.at(text, from) ^ Longs.at(text, to);
    int same = Long.numberOfTrailingZeros(different) / Byte.SIZE;
    return same >= Math.min(length, Long.BYTES)
        && length <= limit - to
        && (length <= Long.BYTES || Arrays.equals(text, from, to, text, to, to + length));
  }

  /** The tokens of the piece encoded last, from index 0. */
  int[] tokens() {
    return tokens;
  }

  /** Gives back the memory that an unusually long piece took. */
  void shrink() {
    if (tokens.length > SMALL) {
      tokens = new int[SMALL];
    }
    if (closed.length > SMALL / Long.SIZE) {
      closed = new long[SMALL / Long.SIZE];
    }
  }

  private void push(int index, int token) {
    if (index == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * index);
    }
    tokens[index] = token;
  }

  private void openAll(int length) {
    int words = (length >> 6) + 1;
    if (words > closed.length) {
      closed = new long[words];
    } else {
      for (int i = 0; i < words; i++) {
        closed[i] = 0;
      }
    }
  }

  private boolean isOpen(int place) {
    return (closed[place >> 6] & 1L << place) == 0;
  }

  private void close(int place) {
    closed[place >> 6] |= 1L << place;
  }
}
