package io.tokenmeter.tokenizers;

/**
 * Cuts the text at its added tokens, the leftmost first and of those at one place the longest. It
 * holds back what may become one.
 */
final class AddedTokenStage extends Stage {
  private static final int NONE = AddedTokens.NONE;

  private final AddedTokens tokens;
  private final ByteQueue text = new ByteQueue();

  /** How much of the text held was looked at. */
  private int scanned;

  /** How much of the text held is white space, as far as is known. */
  private int spaces;

  /** The code point before the text held, or -1. */
  private int previous = NONE;

  /** Whether white space is dropped, as the last token takes it along. */
  private boolean stripping;

  AddedTokenStage(AddedTokens tokens, Stage next) {
    super(next);
    this.tokens = tokens;
  }

  @Override
  void append(byte[] utf8, int from, int to) {
    text.append(utf8, from, to);
    scan(false);
  }

  @Override
  void endSection() {
    scan(true);
    clear();
    next().endSection();
  }

  private void scan(boolean last) {
    byte[] bytes = text.bytes();
    int end = text.end();
    int at = text.start() + scanned;
    while (at < end) {
      if (!tokens.canStartWith(bytes[at])) {
        at++;
        continue;
      }
      int found = tokens.longest(bytes, at, end, last);
      if (found == AddedTokens.UNDECIDED) {
        break;
      }
      if (found == NONE) {
        at++;
        continue;
      }
      AddedTokens.AddedToken token = tokens.get(found);
      int tokenEnd = at + tokens.length(found);
      if (token.singleWord()) {
        if (tokenEnd == end && !last) {
          break;
        }
        if (isBesideWord(bytes, at, tokenEnd, end)) {
          at = tokenEnd;
          continue;
        }
      }
      take(token, at, tokenEnd);
      at = tokenEnd;
    }
    scanned = at - text.start();
    release(last || !tokens.stripsLeft() ? at : spaceBefore(at));
    spaces = scanned;
  }

  private boolean isBesideWord(byte[] bytes, int from, int to, int end) {
    int before =
        from > text.start()
            ? Utf8.codePoint(bytes, PreTokenizer.lastCharacter(bytes, from))
            : previous;
    return (before != NONE && AddedTokens.isWordCharacter(before))
        || (to < end && AddedTokens.isWordCharacter(Utf8.codePoint(bytes, to)));
  }

  private void take(AddedTokens.AddedToken token, int from, int to) {
    release(token.stripLeft() ? spaceBefore(from) : from);
    next().endSection();
    if (!(stripping && token.stripLeft() && token.content().isBlank())) { // else taken already
      next().addToken(token.id());
    }
    previous = Utf8.codePoint(text.bytes(), PreTokenizer.lastCharacter(text.bytes(), to));
    text.startAt(to);
    spaces = 0;
    stripping = token.stripRight();
  }

  /** Where the white space begins that ends at that place, which was looked at up to there. */
  private int spaceBefore(int end) {
    byte[] bytes = text.bytes();
    int known = text.start() + spaces;
    int at = end;
    while (at > known && AddedTokens.isSpace(bytes, PreTokenizer.lastCharacter(bytes, at))) {
      at = PreTokenizer.lastCharacter(bytes, at);
    }
    return at > known ? at : text.start();
  }

  /** Hands on the text up to there, without white space that the token before it takes. */
  private void release(int to) {
    byte[] bytes = text.bytes();
    int from = text.start();
    while (stripping && from < to) {
      stripping = AddedTokens.isSpace(bytes, from);
      from += stripping ? CharClasses.width(bytes, from) : 0;
    }
    if (to > text.start()) {
      previous = Utf8.codePoint(bytes, PreTokenizer.lastCharacter(bytes, to));
    }
    if (from < to) {
      next().append(bytes, from, to);
    }
    scanned = Math.max(0, scanned - (to - text.start()));
    text.startAt(to);
  }

  private void clear() {
    text.clear();
    scanned = 0;
    spaces = 0;
    previous = NONE;
    stripping = false;
  }

  @Override
  void reset() {
    clear();
    next().reset();
  }

  @Override
  void copyFrom(Stage other) {
    AddedTokenStage source = (AddedTokenStage) other;
    text.copyFrom(source.text);
    scanned = source.scanned;
    spaces = source.spaces;
    previous = source.previous;
    stripping = source.stripping;
    next().copyFrom(source.next());
  }
}
