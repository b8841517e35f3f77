package io.tokenmeter.tokenizers;

import org.jspecify.annotations.Nullable;

/** Counts one text through the stages of a tokenizer. Reusable, not thread-safe. */
final class StagedCounter implements StreamCounter {
  private final StagedEncoding encoding;
  private final Utf8Buffer input = new Utf8Buffer();
  private final PieceStage pieces;
  private final Stage first;

  /** Finds out how the text would end here, which this counter could not take back. */
  private @Nullable StagedCounter probe;

  StagedCounter(StagedEncoding encoding) {
    this.encoding = encoding;
    this.pieces = encoding.newPieceStage();
    this.first = encoding.newStagesBefore(pieces);
  }

  @Override
  public void append(CharSequence piece) {
    append(piece, 0, piece.length());
  }

  void append(CharSequence text, int from, int to) {
    boolean whole = from == 0 && to == text.length();
    CharSequence part = whole ? text : text.subSequence(from, to);
    for (int at = 0; at < to - from; ) {
      at += input.append(part, at);
      pass();
    }
  }

  /** Appends UTF-8, which must end between code points. */
  void append(byte[] utf8, int from, int to) {
    for (int at = from; at < to; ) {
      at += input.append(utf8, at, to);
      pass();
    }
  }

  /** As {@link #append(CharSequence)}, but stops soon after more tokens than that are certain. */
  void appendUpTo(CharSequence text, int limit) {
    int length = text.length();
    for (int at = 0; at < length && pieces.total() <= limit; ) {
      at += input.append(text, at);
      pass();
    }
  }

  private void pass() {
    if (input.length() > 0) {
      first.append(input.bytes(), input.start(), input.end());
      input.startAt(input.end());
    }
  }

  @Override
  public long tokens() {
    if (probe == null) {
      probe = new StagedCounter(encoding);
    }
    probe.copyFrom(this);
    return probe.finish();
  }

  /** Tokens of the text, which is ended by this. */
  long finish() {
    if (input.isInsidePair()) {
      input.appendReplacementForPair();
      pass();
    }
    first.endSection();
    return pieces.total();
  }

  /** Tokens that later text cannot take back. */
  long certainTokens() {
    pieces.settle();
    return pieces.total();
  }

  /** How many bytes of the text wait for more to come before they are counted. */
  int waiting() {
    return pieces.waiting();
  }

  void collect(TokenList ids) {
    pieces.collect(ids);
  }

  void copyFrom(StagedCounter other) {
    input.copyFrom(other.input);
    first.copyFrom(other.first);
  }

  /** Forgets the text, for the next one. */
  void reset() {
    input.clear();
    first.reset();
  }
}
