package io.tokenmeter.tokenizers;

/**
 * Finds the longest prefix of a text that has at most so many tokens, by counting it up to where no
 * later cut can be within the limit, and then trying the cuts before that place. For one use.
 */
final class StagedTruncation {
  /** Chars that are counted between two places from which counting can begin anew. */
  private static final int STEP = 256;

  private final CharSequence text;
  private final StagedCounter ahead;
  private final StagedCounter trial;

  /** Stands at {@link #begin}, a cut within the limit. */
  private final StagedCounter within;

  private int begin;

  StagedTruncation(StagedEncoding encoding, CharSequence text) {
    this.text = text;
    this.ahead = new StagedCounter(encoding);
    this.trial = new StagedCounter(encoding);
    this.within = new StagedCounter(encoding);
  }

  String toTokens(int maxTokens) {
    int end = tooFar(maxTokens);
    if (end < 0) {
      return text.toString();
    }
    while (end - begin > 2 * STEP) {
      // Only within a piece of that length: nowhere else do so few tokens wait for more text.
      int middle = cut(begin + (end - begin) / 2);
      if (tokensAt(middle) <= maxTokens) {
        within.copyFrom(trial);
        begin = middle;
      } else {
        end = middle;
      }
    }
    int cut = end;
    while (cut > begin && tokensAt(cut) > maxTokens) {
      cut = cut(cut - 1);
    }
    return text.subSequence(0, cut).toString();
  }

  /** A cut from which on all are beyond the limit, or -1 if the whole text is within. */
  private int tooFar(int maxTokens) {
    for (int at = 0; at < text.length(); ) {
      int end = cut((int) Math.min(text.length(), at + Math.max(STEP, ahead.waiting() / 4L)));
      if (end <= at) {
        end = Math.min(text.length(), at + 2);
      }
      ahead.append(text, at, end);
      at = end;
      if (ahead.certainTokens() > maxTokens) {
        return at;
      }
      if (ahead.tokens() <= maxTokens) {
        within.copyFrom(ahead);
        begin = at;
      }
    }
    return begin == text.length() ? -1 : text.length();
  }

  /** Tokens of the text cut there; leaves {@link #trial} at that place. */
  private long tokensAt(int cut) {
    trial.copyFrom(within);
    trial.append(text, begin, cut);
    return trial.tokens();
  }

  /** The place, or the one before it if it is inside a surrogate pair. */
  private int cut(int place) {
    boolean inside =
        place > 0
            && place < text.length()
            && Character.isSurrogatePair(text.charAt(place - 1), text.charAt(place));
    return inside ? place - 1 : place;
  }
}
