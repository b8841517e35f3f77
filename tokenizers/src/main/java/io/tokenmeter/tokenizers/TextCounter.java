package io.tokenmeter.tokenizers;

import org.jspecify.annotations.Nullable;

/**
 * Counts one text that comes in any number of parts. It holds the text only from the last place on
 * that later text cannot change any more: some kilobytes, or twice the longest piece. Reusable, not
 * thread-safe.
 */
final class TextCounter implements StreamCounter {
  /** Pieces are counted once that many bytes wait for it. */
  private static final int BATCH = 2048;

  private final PieceCutter cutter;
  private final PieceEncoder pieceEncoder;
  private final ShortTokens shortTokens;
  private final PieceCache cache;
  private final int[] ends;
  private final long[] heads = new long[PieceCutter.PIECES];
  private final long[] tails = new long[PieceCutter.PIECES];
  private final int[] rest = new int[PieceCutter.PIECES];
  private final Utf8Buffer text = new Utf8Buffer();

  /** Tokens of the pieces before the start of {@link #text}. */
  private long settled;

  private long limit = Long.MAX_VALUE;

  /** Doubles with a piece that does not end, so that it is not scanned again and again. */
  private int batch = BATCH;

  private @Nullable TokenList found;

  TextCounter(Vocabulary vocabulary, PreTokenizer preTokenizer) {
    this.shortTokens = vocabulary.shortTokens();
    this.cache = vocabulary.cache();
    this.cutter = new PieceCutter(preTokenizer);
    this.ends = cutter.ends();
    this.pieceEncoder = new PieceEncoder(vocabulary);
  }

  @Override
  public void append(CharSequence piece) {
    int length = piece.length();
    int at = 0;
    while (at < length && settled <= limit) {
      at += text.append(piece, at);
      settleBatch();
    }
  }

  /** As {@link #append(CharSequence)}, for UTF-8; it must end between code points. */
  void append(byte[] utf8, int offset, int length) {
    int at = offset;
    while (at < offset + length) {
      at += text.append(utf8, at, offset + length);
      settleBatch();
    }
  }

  @Override
  public long tokens() {
    int length = text.length();
    if (text.isInsidePair()) {
      text.appendReplacementForPair();
    }
    int start = text.start();
    long settledBefore = settled;
    settle(true);
    long total = settled;
    settled = settledBefore;
    text.startAt(start);
    text.endAt(start + length);
    return total;
  }

  /** Stops counting soon after more tokens than that are certain. */
  void limit(long tokens) {
    limit = tokens;
  }

  /** Also collects the ids. */
  void collect(TokenList ids) {
    found = ids;
  }

  /** Forgets the text, for the next one. */
  void reset() {
    text.clear();
    pieceEncoder.shrink();
    settled = 0;
    limit = Long.MAX_VALUE;
    batch = BATCH;
    found = null;
  }

  private void settleBatch() {
    if (text.length() >= batch) {
      settle(false);
      batch = Math.max(BATCH, 2 * text.length());
    }
  }

  /** Counts the pieces that are decided. */
  private void settle(boolean last) {
    byte[] bytes = text.bytes();
    int to = text.end();
    int from = text.start();
    cutter.start(bytes, from, to, last);
    while (from < to && settled <= limit) {
      int count = cutter.next();
      if (count == 0) {
        break;
      }
      if (found == null) {
        settled += count(bytes, from, count);
      } else {
        collect(bytes, from, count, found);
      }
      from = ends[count - 1];
    }
    text.startAt(from);
  }

  private long count(byte[] bytes, int start, int count) {
    int[] ends = this.ends;
    int[] rest = this.rest;
    int others = shortTokens.others(bytes, start, ends, count, rest);
    long tokens = count - others;
    int unknown = 0;
    for (int i = 0; i < others; i++) {
      int piece = rest[i];
      int from = piece == 0 ? start : ends[piece - 1];
      int to = ends[piece];
      if (to - from > PieceCache.LONGEST) {
        tokens += pieceEncoder.encode(bytes, from, to);
        continue;
      }
      long head = PieceCache.head(bytes, from, to);
      long tail = PieceCache.tail(bytes, from, to);
      int known = cache.tokens(head, tail);
      tokens += known;
      rest[unknown] = piece;
      heads[unknown] = head;
      tails[unknown] = tail;
      unknown += known - 1 >>> 31;
    }
    for (int i = 0; i < unknown; i++) {
      int piece = rest[i];
      int from = piece == 0 ? start : ends[piece - 1];
      int known = cache.tokens(heads[i], tails[i]);
      if (known == PieceCache.UNKNOWN) {
        int to = ends[piece];
        known =
            to - from <= ShortTokens.LONGEST && shortTokens.contains(bytes, from, to - from)
                ? 1
                : pieceEncoder.encode(bytes, from, to);
        cache.put(heads[i], tails[i], known);
      }
      tokens += known;
    }
    return tokens;
  }

  private void collect(byte[] bytes, int start, int count, TokenList ids) {
    int from = start;
    for (int i = 0; i < count; i++) {
      int tokens = pieceEncoder.encode(bytes, from, ends[i]);
      ids.addAll(pieceEncoder.tokens(), tokens);
      settled += tokens;
      from = ends[i];
    }
  }
}
