package io.tokenmeter.tokenizers;

/**
 * Finds where pieces start among 64 bytes of ASCII at once: each class of characters is a mask of
 * one bit a byte, and what a pattern says of neighbours is arithmetic on these masks. So there is
 * no branch for each piece, whose length cannot be predicted.
 */
final class Blocks {
  /** Bytes that are looked at from where a piece starts; texts are followed by as many more. */
  static final int BYTES = Long.SIZE;

  private final boolean cased;
  private final int mostDigits;
  private final boolean contractions;

  Blocks(boolean cased, int mostDigits, boolean contractions) {
    this.cased = cased;
    this.mostDigits = mostDigits;
    this.contractions = contractions;
  }

  /**
   * Where pieces start after the one that starts at {@code from}, one bit a byte from there on: as
   * many as the next 64 bytes decide. 0 if they do not decide where the first piece ends.
   */
  long starts(ClassMasks masks, byte[] utf8, int from) {
    int known = Math.min(BYTES, masks.end() - from);
    long mask = -1L >>> -known;
    long small = masks.mask(ClassMasks.SMALL, from) & mask;
    long capital = masks.mask(ClassMasks.CAPITAL, from) & mask;
    long digit = masks.mask(ClassMasks.DIGIT, from) & mask;
    long blank = masks.mask(ClassMasks.SPACE, from) & mask;
    long control = masks.mask(ClassMasks.CONTROL, from) & mask;
    long high = masks.mask(ClassMasks.HIGH, from) & mask;
    long space = blank & ~control;
    long newline = control & ~blank;
    long caseless = 0;
    long wide = 0;
    if (high != 0) {
      wide = masks.mask(ClassMasks.CONTINUATION, from) & mask;
      caseless = masks.mask(ClassMasks.CASELESS, from) & mask;
      long unknown = 0;
      long marks = 0;
      long leads = high & ~wide;
      for (long rest = leads & ~(small | capital | caseless); rest != 0; rest &= rest - 1) {
        int last = Long.numberOfTrailingZeros(rest);
        int charClass = CharClasses.at(utf8, from + last);
        capital |= (long) (charClass & CharClasses.UPPER) << last;
        small |= (long) (charClass >>> 1 & 1) << last;
        caseless |= (long) (charClass >>> 2 & 1 | (cased ? charClass >>> 3 & 1 : 0)) << last;
        unknown |= (long) (charClass >>> 4 & 1 | charClass >>> 5 & 1) << last;
        marks |= (long) (charClass >>> 3 & 1) << last;
      }
      int last = Long.SIZE - 1 - Long.numberOfLeadingZeros(leads);
      if (last >= 0 && last + CharClasses.width(utf8, from + last) > known) {
        unknown |= 1L << last;
      }
      small |= spread(small, wide);
      capital |= spread(capital, wide);
      caseless = spread(caseless, wide);
      if (cased) {
        // A mark behind a symbol may belong to the symbols.
        long notSymbol = small | capital | caseless | digit | blank | newline;
        unknown |= marks & ~(notSymbol << 1 | 1);
        unknown |= capital & caseless << 1;
      }
      if (unknown != 0) {
        known = Long.numberOfTrailingZeros(unknown);
        if (known == 0) {
          return 0;
        }
        mask = -1L >>> -known;
        small &= mask;
        capital &= mask;
        caseless &= mask;
        digit &= mask;
        space &= mask;
        newline &= mask;
        blank &= mask;
      }
    }
    long letter = small | capital | caseless;
    long symbol = mask & ~(letter | digit | blank | newline);

    // Line ends behind symbols belong to them.
    long lineEnds = newline & symbol << 1;
    long tail = newline;
    if (cased && lineEnds != 0) {
      for (long rest = symbol & newline << 1; rest != 0; rest &= rest - 1) {
        int index = Long.numberOfTrailingZeros(rest);
        if (utf8[from + index] == '/') {
          int i = index;
          while (i < known && utf8[from + i] == '/') {
            tail |= 1L << i;
            i++;
          }
        }
      }
    }
    long absorbed = tail & (~(tail + lineEnds) | lineEnds);
    symbol &= ~absorbed;
    newline &= ~absorbed;
    long white = blank | newline;

    int decided = Long.SIZE - Long.numberOfLeadingZeros(mask & ~white);
    // A piece of white space ends with its last line end.
    long indent = blank & newline << 1;
    long odd = indent + blank & newline & ~blank;
    if (odd != 0) {
      long before = Long.lowestOneBit(odd) - 1 & indent;
      decided = Math.min(decided, 63 - Long.numberOfLeadingZeros(before) - 1);
    }
    long numbers = digit & ~(digit << 1);
    if (mostDigits == 1) {
      numbers = digit;
    } else {
      long third = digit & digit << 1 & digit << 2 & digit << 3;
      numbers |= numbers << 3 & third;
      third &= third << 3;
      numbers |= numbers << 6 & third;
      third &= third << 6;
      numbers |= numbers << 12 & third;
      third &= third << 12;
      numbers |= numbers << 24 & third;
      third &= third << 24;
      numbers |= numbers << 48 & third;
    }
    long symbols = symbol & ~((symbol | space) << 1);
    long prefixes = spread(symbols, wide);
    long starts =
        white & ~(white << 1)
            | indent
            | blank & ~(white >>> 1)
            | numbers
            | symbols
            | letter & ~((letter | blank | prefixes) << 1);
    if (cased) {
      starts |= capital & small << 1;
    }
    if (contractions) {
      long candidates = (cased ? symbol & letter << 1 : symbols) & (letter >>> 1 | 1L << known - 1);
      int end = 0;
      for (long rest = candidates; rest != 0; rest &= rest - 1) {
        int index = Long.numberOfTrailingZeros(rest);
        if (utf8[from + index] != '\'') continue;
        if (index + 2 >= known) {
          decided = Math.min(decided, index - 1);
          break;
        }
        if (cased && index == end) continue;
        end = PreTokenizer.contractionEnd(utf8, from + index, from + known, false) - from;
        if (end > index) {
          if (cased) starts &= ~(-1L << index & -1L >>> -end);
          starts |= 1L << end;
        }
      }
    }
    if (decided <= 0) {
      return 0;
    }
    return starts & (decided >= 63 ? -1L : (1L << decided + 1) - 1) & mask & ~1L;
  }

  /** Extends the bits of leading bytes to all of their characters. */
  private static long spread(long leads, long continuations) {
    long second = leads << 1 & continuations;
    long third = second << 1 & continuations;
    return leads | second | third | third << 1 & continuations;
  }
}
