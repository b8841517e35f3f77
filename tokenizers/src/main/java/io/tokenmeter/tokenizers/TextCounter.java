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
  private final PieceCounter pieceCounter;
  private final Utf8Buffer text = new Utf8Buffer();

  /** Tokens of the pieces before the start of {@link #text}. */
  private long settled;

  private long limit = Long.MAX_VALUE;

  /** Doubles with a piece that does not end, so that it is not scanned again and again. */
  private int batch = BATCH;

  private @Nullable TokenList found;

  TextCounter(Vocabulary vocabulary, PreTokenizer preTokenizer) {
    this.cutter = new PieceCutter(preTokenizer);
    this.pieceEncoder = new PieceEncoder(vocabulary);
    this.pieceCounter = new PieceCounter(vocabulary, pieceEncoder);
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
    cutter.startAt(text.start());
    while (settled <= limit) {
      int pieces = cutter.cut(bytes, text.end(), last);
      if (pieces == 0) {
        break;
      }
      int[] borders = cutter.borders();
      if (found == null) {
        settled += pieceCounter.count(bytes, borders, pieces);
      } else {
        collect(bytes, borders, pieces, found);
      }
      text.startAt(borders[pieces]);
    }
  }

  private void collect(byte[] bytes, int[] borders, int pieces, TokenList ids) {
    for (int piece = 0; piece < pieces; piece++) {
      int count = pieceEncoder.encode(bytes, borders[piece], borders[piece + 1]);
      ids.addAll(pieceEncoder.tokens(), count);
      settled += count;
    }
  }
}
