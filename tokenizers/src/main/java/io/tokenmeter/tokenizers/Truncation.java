package io.tokenmeter.tokenizers;

import static io.tokenmeter.tokenizers.CharClasses.SPACE;

/** Finds the longest prefix of a text that has at most so many tokens. For one use. */
final class Truncation {
  /** A run of spaces makes three pieces at most, so a cut behind this many moves no border. */
  private static final int STABLE_AFTER = 4;

  /** Pieces up to this many bytes are tried at every cut. */
  private static final int TRY_ALL = 1024;

  /** In longer ones a cut this many bytes behind the last fitting token is the longest tried. */
  private static final int TRY_BEHIND = 256;

  private final Vocabulary vocabulary;
  private final PreTokenizer preTokenizer;
  private final PieceEncoder pieceEncoder;
  private final CharSequence text;
  private final Utf8Buffer utf8 = new Utf8Buffer();

  /** Where the latest pieces start, and the tokens before each, in a ring. */
  private final int[] starts = new int[STABLE_AFTER];

  private final int[] tokensBefore = new int[STABLE_AFTER];

  Truncation(Vocabulary vocabulary, PreTokenizer preTokenizer, CharSequence text) {
    this.vocabulary = vocabulary;
    this.preTokenizer = preTokenizer;
    this.pieceEncoder = new PieceEncoder(vocabulary);
    this.text = text;
    for (int at = 0; at < text.length(); ) {
      at += utf8.append(text, at);
    }
    if (utf8.isInsidePair()) {
      utf8.appendReplacementForPair();
    }
  }

  String toTokens(int maxTokens) {
    byte[] bytes = utf8.bytes();
    int end = utf8.end();
    int at = 0;
    int tokens = 0;
    for (int piece = 0; at < end; piece++) {
      starts[piece % STABLE_AFTER] = at;
      tokensBefore[piece % STABLE_AFTER] = tokens;
      int pieceEnd = preTokenizer.pieceEnd(bytes, at, end, true);
      int pieceTokens = countPiece(at, pieceEnd);
      if (tokens + pieceTokens > maxTokens) {
        int anchor = piece < STABLE_AFTER ? 0 : (piece + 1) % STABLE_AFTER;
        int longest = longestCandidate(at, pieceEnd, maxTokens - tokens);
        return cutBackFrom(longest, starts[anchor], maxTokens - tokensBefore[anchor]);
      }
      tokens += pieceTokens;
      at = pieceEnd;
    }
    return text.toString();
  }

  /** Cut behind the piece, in a run of spaces, its last pieces may become one. */
  private int longestCandidate(int from, int pieceEnd, int tokensLeft) {
    int end = CharClasses.runEnd(utf8.bytes(), pieceEnd, utf8.end(), SPACE);
    if (end - from <= TRY_ALL) {
      return end;
    }
    pieceEncoder.encode(utf8.bytes(), from, pieceEnd);
    int fits = from;
    for (int i = 0; i < tokensLeft; i++) {
      fits += vocabulary.length(pieceEncoder.tokens()[i]);
    }
    return startOfCodePoint(Math.min(end, fits + TRY_BEHIND));
  }

  private String cutBackFrom(int longest, int anchor, int maxTokens) {
    int cut = longest;
    while (cut > anchor && count(anchor, cut) > maxTokens) {
      cut = startOfCodePoint(cut - 1);
    }
    return text.subSequence(0, charsBefore(cut)).toString();
  }

  /** Tokens of a text that ends at {@code to}. */
  private int count(int from, int to) {
    int tokens = 0;
    for (int at = from; at < to; ) {
      int end = preTokenizer.pieceEnd(utf8.bytes(), at, to, true);
      tokens += countPiece(at, end);
      at = end;
    }
    return tokens;
  }

  private int countPiece(int from, int to) {
    return pieceEncoder.encode(utf8.bytes(), from, to);
  }

  private int startOfCodePoint(int index) {
    int at = index;
    while (at > 0 && at < utf8.end() && (utf8.bytes()[at] & 0xC0) == 0x80) {
      at--;
    }
    return at;
  }

  private int charsBefore(int index) {
    int chars = 0;
    for (int at = 0; at < index; ) {
      int width = CharClasses.width(utf8.bytes(), at);
      chars += width == 4 ? 2 : 1;
      at += width;
    }
    return chars;
  }
}
