package io.tokenmeter.tokenizers;

/**
 * Finds where pieces start among the next 64 bytes at once: what a pattern says of characters and
 * their neighbours is arithmetic on {@linkplain ClassMasks masks}. So there is no branch for each
 * piece, whose length nobody could predict. Immutable.
 */
final class PieceStarts {
  /** Bytes that are looked at. */
  static final int BYTES = Long.SIZE;

  private final boolean cased;
  private final int mostDigits;
  private final boolean contractions;

  private PieceStarts(boolean cased, int mostDigits, boolean contractions) {
    this.cased = cased;
    this.mostDigits = mostDigits;
    this.contractions = contractions;
  }

  /**
   * For {@link O200kPreTokenizer}.
   *
   * @param mostDigits 1 or 3
   */
  static PieceStarts o200k(int mostDigits, boolean contractions) {
    return new PieceStarts(true, mostDigits, contractions);
  }

  /**
   * For {@link Cl100kPreTokenizer}.
   *
   * @param mostDigits 1 or 3
   */
  static PieceStarts cl100k(int mostDigits) {
    return new PieceStarts(false, mostDigits, true);
  }

  /**
   * The starts of the pieces that follow the one at {@code from}, one bit a byte from there on: as
   * many as these 64 bytes decide, or 0. It is exact, but stops early at what is rare: numbers and
   * blanks beyond ASCII, and where more than the neighbours would have to be looked at.
   *
   * @param from where a piece starts, before {@code masks.end()}
   * @param utf8 what {@code masks} are of
   */
  long after(int from, ClassMasks masks, byte[] utf8) {
    long small = masks.mask(ClassMasks.SMALL, from);
    long capital = masks.mask(ClassMasks.CAPITAL, from);
    long caseless = masks.mask(ClassMasks.CASELESS, from);
    long continuation = masks.mask(ClassMasks.CONTINUATION, from);
    long unknown = masks.mask(ClassMasks.UNKNOWN, from);
    long blank = masks.mask(ClassMasks.SPACE, from);
    long control = masks.mask(ClassMasks.CONTROL, from);
    long digit = masks.mask(ClassMasks.DIGIT, from);
    long mark = small & caseless;
    long letter = capital | (cased ? small | caseless : (small | caseless) & ~mark);
    if (cased) {
      // A mark behind symbols is one of them. Capitals behind a caseless letter are of its piece
      // only if a small one follows.
      unknown |= mark & ~((letter | digit | blank | control) << 1 | 1);
      unknown |= capital & caseless << 1;
    }
    int known = Math.min(Long.numberOfTrailingZeros(unknown), masks.end() - from);
    if (known <= 0) {
      return 0;
    }
    long mask = firstBits(known);
    letter &= mask;
    digit &= mask;
    blank &= mask;
    long lineEnd = control & ~blank & mask;
    long symbol = mask & ~(letter | digit | blank | lineEnd);

    long tail = tail(symbol, lineEnd, utf8, from);
    symbol &= ~tail;
    lineEnd &= ~tail;
    long white = blank | lineEnd;
    long afterLineEnd = blank & lineEnd << 1;
    int decided = decided(mask & ~white, afterLineEnd, afterLineEnd + blank & lineEnd & ~blank);

    long symbols = symbol & ~((symbol | blank & ~control) << 1);
    long prefix = blank | spread(symbols, continuation);
    long starts =
        white & ~(white << 1)
            | afterLineEnd
            | blank & ~(white >>> 1)
            | numbers(digit)
            | symbols
            | letter & ~((letter | prefix) << 1);
    if (cased) {
      starts |= capital & small << 1;
    }
    if (contractions) {
      long between = (cased ? symbol & letter << 1 : symbols) & (letter >>> 1 | 1L << known - 1);
      long undecided = between & ~firstBits(known - 2);
      if (undecided != 0) {
        decided = Math.min(decided, Long.numberOfTrailingZeros(undecided) - 1);
      }
      starts = withContractions(starts, between & ~undecided, utf8, from);
    }
    return decided <= 0 ? 0 : starts & firstBits(Math.min(decided + 1, known)) & ~1L;
  }

  /** What belongs to the symbols before it: line ends, and for o200k slashes behind line ends. */
  private long tail(long symbol, long lineEnd, byte[] utf8, int from) {
    long first = lineEnd & symbol << 1;
    long rest = lineEnd;
    if (cased && first != 0) {
      for (long at = symbol & lineEnd << 1; at != 0; at = at << 1 & symbol) {
        at = slashes(at, utf8, from);
        rest |= at;
      }
    }
    // A carry runs from where the tail begins to its end.
    return rest & (~(rest + first) | first);
  }

  private static long slashes(long symbols, byte[] utf8, int from) {
    long slashes = symbols;
    for (long at = symbols; at != 0; at &= at - 1) {
      if (utf8[from + Long.numberOfTrailingZeros(at)] != '/') {
        slashes &= ~Long.lowestOneBit(at);
      }
    }
    return slashes;
  }

  /**
   * Up to where starts are certain, inclusive: blanks at the end may go on.
   *
   * @param other what is not white space
   * @param afterLineEnd blanks behind a line end, which are a piece of their own
   * @param lineEndLater line ends behind such blanks: then they are not
   */
  private static int decided(long other, long afterLineEnd, long lineEndLater) {
    int end = Long.SIZE - Long.numberOfLeadingZeros(other);
    if (lineEndLater == 0) {
      return end;
    }
    long blanks = afterLineEnd & Long.lowestOneBit(lineEndLater) - 1;
    return Math.min(end, Long.SIZE - 2 - Long.numberOfLeadingZeros(blanks));
  }

  /** The first digit of each number and each third one behind it. */
  private long numbers(long digit) {
    if (mostDigits == 1) {
      return digit;
    }
    long starts = digit & ~(digit << 1);
    long behindThree = digit & digit << 1 & digit << 2 & digit << 3;
    for (int distance = 3; behindThree != 0; distance *= 2) {
      starts |= starts << distance & behindThree;
      behindThree &= behindThree << distance;
    }
    return starts;
  }

  /**
   * In o200k a contraction belongs to the word before it, in cl100k it is a piece.
   *
   * @param symbols where one may begin
   */
  private long withContractions(long starts, long symbols, byte[] utf8, int from) {
    long result = starts;
    int end = 0;
    for (long rest = symbols; rest != 0; rest &= rest - 1) {
      int index = Long.numberOfTrailingZeros(rest);
      boolean afterContraction = cased && end > 0 && index == end;
      if (utf8[from + index] == '\'' && !afterContraction) {
        int at = from + index;
        int contractionEnd = PreTokenizer.contractionEnd(utf8, at, at + 3, true);
        if (contractionEnd > at) {
          end = contractionEnd - from;
          if (cased) {
            result &= ~(-1L << index & firstBits(end));
          }
          result |= 1L << end;
        }
      }
    }
    return result;
  }

  /** Extends the bits of first bytes to all of their characters. */
  private static long spread(long leads, long continuations) {
    long second = leads << 1 & continuations;
    long third = second << 1 & continuations;
    return leads | second | third | third << 1 & continuations;
  }

  /** So many bits, 64 or more are all; none for a number that is not positive. */
  private static long firstBits(int count) {
    return count >= Long.SIZE ? -1L : count <= 0 ? 0 : (1L << count) - 1;
  }
}
