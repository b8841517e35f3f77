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

  private final CounterPool<PieceTally> tallies;

  /** Its own, or null if it borrows one whenever there is something to count. */
  private final @Nullable PieceTally ownTally;

  private final Utf8Buffer text = new Utf8Buffer();

  /** Tokens of the pieces before the start of {@link #text}. */
  private long settled;

  private long limit = Long.MAX_VALUE;

  /** Doubles with a piece that does not end, so that it is not scanned again and again. */
  private int batch = BATCH;

  private @Nullable TokenList found;

  private TextCounter(CounterPool<PieceTally> tallies, @Nullable PieceTally ownTally) {
    this.tallies = tallies;
    this.ownTally = ownTally;
  }

  /** For many texts, one after the other. */
  static TextCounter forReuse(CounterPool<PieceTally> tallies) {
    return new TextCounter(tallies, tallies.take());
  }

  /** For one text, of which there may be as many at once as there are streams: it is small. */
  static TextCounter forOneText(CounterPool<PieceTally> tallies) {
    return new TextCounter(tallies, null);
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
    if (ownTally != null) {
      ownTally.shrink();
    }
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
    PieceTally tally = ownTally == null ? tallies.take() : ownTally;
    settled += tally.tokens(text.bytes(), text.start(), text.end(), last, limit - settled, found);
    text.startAt(tally.end());
    if (ownTally == null) {
      tallies.give(tally);
    }
  }
}
