package io.tokenmeter.tokenizers;

import org.jspecify.annotations.Nullable;

/**
 * The last step: cuts each section into pieces and counts their tokens. It holds the section from
 * the last place on that later text cannot change any more.
 */
final class PieceStage extends Stage {
  /** Pieces are counted once that many bytes wait for it. */
  private static final int BATCH = 2048;

  private final TokenizerModel model;
  private final PieceCache cache;
  private final PieceCutter cutter;
  private final PieceEncoder pieceEncoder;
  private final ByteQueue text = new ByteQueue();
  private final ByteQueue spelled = new ByteQueue();
  private long total;

  /** Doubles with a piece that does not end, so that it is not scanned again and again. */
  private int batch = BATCH;

  private @Nullable TokenList found;

  PieceStage(TokenizerModel model, PieceCache cache) {
    super(null);
    this.model = model;
    this.cache = cache;
    this.cutter = new PieceCutter(model.preTokenizer());
    this.pieceEncoder = new PieceEncoder(model.vocabulary());
  }

  /** Tokens of what later text cannot change; after the end of the text, all. */
  long total() {
    return total;
  }

  /** Also collects the ids. */
  void collect(TokenList ids) {
    found = ids;
  }

  @Override
  void append(byte[] utf8, int from, int to) {
    text.append(utf8, from, to);
    if (text.length() >= batch) {
      settle(false);
      batch = Math.max(BATCH, 2 * text.length());
    }
  }

  /** Counts all pieces that are decided, be they ever so few. */
  void settle() {
    settle(false);
  }

  @Override
  int waiting() {
    return text.length();
  }

  @Override
  void endSection() {
    settle(true);
    text.clear();
    pieceEncoder.shrink();
    batch = BATCH;
  }

  @Override
  void addToken(int id) {
    total++;
    if (found != null) {
      found.add(id);
    }
  }

  @Override
  void reset() {
    text.clear();
    spelled.clear();
    pieceEncoder.shrink();
    total = 0;
    batch = BATCH;
    found = null;
  }

  @Override
  void copyFrom(Stage other) {
    PieceStage source = (PieceStage) other;
    text.copyFrom(source.text);
    total = source.total;
    batch = source.batch;
    found = null;
  }

  private void settle(boolean last) {
    byte[] bytes = text.bytes();
    cutter.startAt(text.start());
    while (true) {
      int pieces = cutter.cut(bytes, text.end(), last);
      if (pieces == 0) {
        break;
      }
      int[] borders = cutter.borders();
      for (int piece = 0; piece < pieces; piece++) {
        int from = borders[piece];
        int to = borders[piece + 1];
        total += found == null ? count(bytes, from, to) : collect(bytes, from, to, found);
      }
      text.startAt(borders[pieces]);
    }
  }

  private int count(byte[] bytes, int from, int to) {
    if (to - from > PieceCache.LONGEST) {
      return countAfresh(bytes, from, to);
    }
    long head = PieceCache.head(bytes, from, to);
    long tail = PieceCache.tail(bytes, from, to);
    int known = cache.tokens(head, tail);
    if (known != PieceCache.UNKNOWN) {
      return known;
    }
    int tokens = countAfresh(bytes, from, to);
    cache.put(head, tail, tokens);
    return tokens;
  }

  private int countAfresh(byte[] bytes, int from, int to) {
    return model.wholeToken(bytes, from, to) != WholeTokens.NONE ? 1 : encode(bytes, from, to);
  }

  private int collect(byte[] bytes, int from, int to, TokenList ids) {
    int whole = model.wholeToken(bytes, from, to);
    if (whole != WholeTokens.NONE) {
      ids.add(whole);
      return 1;
    }
    int count = encode(bytes, from, to);
    for (int i = 0; i < count; i++) {
      ids.add(model.id(pieceEncoder.tokens()[i]));
    }
    return count;
  }

  private int encode(byte[] bytes, int from, int to) {
    if (!model.spelling().hasUnknown(bytes, from, to)) {
      return pieceEncoder.encode(bytes, from, to);
    }
    spelled.clear();
    model.spelling().spell(bytes, from, to, spelled);
    return spelled.length() == 0
        ? 0
        : pieceEncoder.encode(spelled.bytes(), spelled.start(), spelled.end());
  }
}
