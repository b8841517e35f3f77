package io.tokenmeter.tokenizers;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What only the tokenizers of some models need to know of characters, after Unicode 16.0 on every
 * JDK: punctuation and symbols, and what normalisation form C is made of. Read from {@code
 * unicode-16.0.txt} when it is first needed; immutable.
 */
final class UnicodeData {
  private static final int CODE_POINT_BITS = 21;

  private static final BitSet PUNCTUATION = new BitSet();
  private static final BitSet JOINING = new BitSet();
  private static final byte[] COMBINING_CLASSES = new byte[0x1E950];
  private static final Map<Integer, int[]> DECOMPOSITIONS = new HashMap<>();

  /** The two that compose, then what they compose to, in {@value #CODE_POINT_BITS} bits each. */
  private static final long[] COMPOSITES;

  static {
    List<String> lines = Resources.lines("unicode-16.0.txt");
    COMPOSITES =
        lines.stream()
            .filter(line -> line.startsWith("composite "))
            .mapToLong(line -> composite(codePoints(line)))
            .sorted()
            .toArray();
    lines.forEach(UnicodeData::read);
    markJoining();
  }

  private UnicodeData() {}

  private static void read(String line) {
    String[] words = line.split(" ", -1);
    switch (words[0]) {
      case "punctuation" -> readRanges(words, 1, PUNCTUATION);
      case "combining" -> {
        BitSet characters = new BitSet();
        readRanges(words, 2, characters);
        byte combiningClass = (byte) Integer.parseInt(words[1]);
        characters.stream().forEach(c -> COMBINING_CLASSES[c] = combiningClass);
      }
      case "decomposition" -> {
        int[] codePoints = codePoints(line);
        DECOMPOSITIONS.put(codePoints[0], Arrays.copyOfRange(codePoints, 1, codePoints.length));
      }
      default -> {
        // comments, and composites, which are read before
      }
    }
  }

  private static void readRanges(String[] words, int from, BitSet target) {
    for (int i = from; i < words.length; i++) {
      int dash = words[i].indexOf('-');
      String first = dash < 0 ? words[i] : words[i].substring(0, dash);
      target.set(
          Integer.parseInt(first, 16), Integer.parseInt(words[i].substring(dash + 1), 16) + 1);
    }
  }

  private static int[] codePoints(String line) {
    return Arrays.stream(line.split(" ", -1))
        .skip(1)
        .mapToInt(word -> Integer.parseInt(word, 16))
        .toArray();
  }

  private static long composite(int[] codePoints) {
    return pair(codePoints[1], codePoints[2]) << CODE_POINT_BITS | codePoints[0];
  }

  private static long pair(int first, int second) {
    return (long) first << CODE_POINT_BITS | second;
  }

  private static void markJoining() {
    for (int c = 0; c < COMBINING_CLASSES.length; c++) {
      if (COMBINING_CLASSES[c] != 0) {
        JOINING.set(c);
      }
    }
    BitSet composed = new BitSet();
    for (long composite : COMPOSITES) {
      composed.set((int) composite & ((1 << CODE_POINT_BITS) - 1));
      JOINING.set((int) (composite >>> CODE_POINT_BITS) & ((1 << CODE_POINT_BITS) - 1));
    }
    JOINING.set(Hangul.FIRST_VOWEL, Hangul.FIRST_VOWEL + Hangul.VOWELS);
    JOINING.set(Hangul.BEFORE_TRAILING + 1, Hangul.BEFORE_TRAILING + Hangul.TRAILING);
    DECOMPOSITIONS.forEach(
        (c, decomposition) -> {
          if (!composed.get(c) || JOINING.get(decomposition[0])) {
            JOINING.set(c);
          }
        });
  }

  /** Whether a character is punctuation or a symbol (categories P and S). */
  static boolean isPunctuationOrSymbol(int codePoint) {
    return PUNCTUATION.get(codePoint);
  }

  /**
   * Whether normalisation form C may change the character, or join it to what stands before it.
   * Text can be normalised in parts that begin at a character of which this is false.
   */
  static boolean isJoining(int codePoint) {
    return JOINING.get(codePoint);
  }

  /** Canonical_Combining_Class: 0 for a starter. */
  static int combiningClass(int codePoint) {
    return codePoint < COMBINING_CLASSES.length ? COMBINING_CLASSES[codePoint] & 0xFF : 0;
  }

  /** The full canonical decomposition, or null; without that of Hangul syllables. */
  static int @Nullable [] decomposition(int codePoint) {
    return DECOMPOSITIONS.get(codePoint);
  }

  /** The character that these two compose to, or -1; with Hangul. */
  static int composed(int first, int second) {
    int hangul = Hangul.composed(first, second);
    if (hangul >= 0) {
      return hangul;
    }
    long key = pair(first, second) << CODE_POINT_BITS;
    int at = -1 - Arrays.binarySearch(COMPOSITES, key);
    return at < COMPOSITES.length && COMPOSITES[at] >>> CODE_POINT_BITS == key >>> CODE_POINT_BITS
        ? (int) COMPOSITES[at] & ((1 << CODE_POINT_BITS) - 1)
        : -1;
  }

  /** Hangul syllables are composed by arithmetic: The Unicode Standard, section 3.12. */
  static final class Hangul {
    static final int FIRST_SYLLABLE = 0xAC00;
    static final int FIRST_LEADING = 0x1100;
    static final int FIRST_VOWEL = 0x1161;
    static final int BEFORE_TRAILING = 0x11A7;
    static final int LEADING = 19;
    static final int VOWELS = 21;
    static final int TRAILING = 28;
    static final int SYLLABLES = LEADING * VOWELS * TRAILING;

    private Hangul() {}

    static boolean isSyllable(int codePoint) {
      return codePoint >= FIRST_SYLLABLE && codePoint < FIRST_SYLLABLE + SYLLABLES;
    }

    static int composed(int first, int second) {
      int leading = first - FIRST_LEADING;
      int vowel = second - FIRST_VOWEL;
      if (leading >= 0 && leading < LEADING && vowel >= 0 && vowel < VOWELS) {
        return FIRST_SYLLABLE + (leading * VOWELS + vowel) * TRAILING;
      }
      int trailing = second - BEFORE_TRAILING;
      return isSyllable(first)
              && (first - FIRST_SYLLABLE) % TRAILING == 0
              && trailing > 0
              && trailing < TRAILING
          ? first + trailing
          : -1;
    }
  }
}
