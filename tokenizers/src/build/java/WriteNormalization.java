import java.text.Normalizer;
import java.util.TreeMap;
import jdk.internal.icu.text.Normalizer2;

/**
 * Prints what NFC needs to know, and which characters are punctuation or symbols, from the running
 * JDK's own Unicode data, to be committed among the resources. Run by hand, on a JDK of that
 * Unicode version only:
 *
 * <pre>
 * java --add-exports java.base/jdk.internal.icu.text=ALL-UNNAMED \
 *     src/build/java/WriteNormalization.java > src/main/resources/io/tokenmeter/tokenizers/unicode-16.0.txt
 * </pre>
 */
public final class WriteNormalization {
  private static final int GARAY_CAPITAL_A = 0x10D50; // a letter since 16.0
  private static final int CAPITAL_PHARYNGEAL = 0xA7CE; // a letter since 17.0
  private static final int FIRST_HANGUL = 0xAC00;
  private static final int LAST_HANGUL = 0xD7A3;

  private WriteNormalization() {}

  public static void main(String[] args) {
    if (!Character.isLetter(GARAY_CAPITAL_A) || Character.isLetter(CAPITAL_PHARYNGEAL)) {
      throw new IllegalStateException("this JDK's Unicode version is not 16.0");
    }
    System.out.println("# Unicode 16.0. See io.tokenmeter.tokenizers.UnicodeData.");
    System.out.println("# punctuation: categories P and S, as ranges");
    printRanges();
    System.out.println("# combining: a canonical combining class, its characters as ranges");
    printCombining();
    System.out.println("# decomposition: a character, its full canonical decomposition");
    System.out.println("# composite: the same where the last two of it compose in NFC:");
    System.out.println("#   a character, the character and the mark that compose to it");
    printDecompositions();
  }

  private static void printRanges() {
    StringBuilder line = new StringBuilder("punctuation");
    for (int start = 0; start <= Character.MAX_CODE_POINT; ) {
      int end = start;
      while (end <= Character.MAX_CODE_POINT && isPunctuationOrSymbol(end)) {
        end++;
      }
      if (end > start) {
        append(line, "punctuation", start, end - 1);
      }
      start = end + 1;
    }
    System.out.println(line);
  }

  private static void append(StringBuilder line, String head, int first, int last) {
    if (line.length() > 100) {
      System.out.println(line);
      line.setLength(0);
      line.append(head);
    }
    line.append(' ').append(Integer.toHexString(first));
    if (last > first) {
      line.append('-').append(Integer.toHexString(last));
    }
  }

  private static boolean isPunctuationOrSymbol(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION,
          Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL ->
          true;
      default -> false;
    };
  }

  private static void printCombining() {
    Normalizer2 nfc = Normalizer2.getNFCInstance();
    TreeMap<Integer, StringBuilder> lines = new TreeMap<>();
    for (int start = 0; start <= Character.MAX_CODE_POINT; ) {
      int combiningClass = nfc.getCombiningClass(start);
      int end = start + 1;
      while (end <= Character.MAX_CODE_POINT && nfc.getCombiningClass(end) == combiningClass) {
        end++;
      }
      if (combiningClass != 0) {
        String head = "combining " + combiningClass;
        append(
            lines.computeIfAbsent(combiningClass, key -> new StringBuilder(head)),
            head,
            start,
            end - 1);
      }
      start = end;
    }
    lines.values().forEach(System.out::println);
  }

  private static void printDecompositions() {
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if ((codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE)
          || (codePoint >= FIRST_HANGUL && codePoint <= LAST_HANGUL)) {
        continue;
      }
      String text = Character.toString(codePoint);
      String decomposed = Normalizer.normalize(text, Normalizer.Form.NFD);
      if (decomposed.equals(text)) {
        continue;
      }
      System.out.println("decomposition " + hex(text) + " " + hex(decomposed));
      if (Normalizer.normalize(text, Normalizer.Form.NFC).equals(text)) {
        int mark = decomposed.codePointBefore(decomposed.length());
        String base =
            Normalizer.normalize(
                decomposed.substring(0, decomposed.length() - Character.charCount(mark)),
                Normalizer.Form.NFC);
        if (base.codePointCount(0, base.length()) != 1) {
          throw new IllegalStateException(hex(text) + " does not compose of two");
        }
        System.out.println(
            "composite " + hex(text) + " " + hex(base) + " " + Integer.toHexString(mark));
      }
    }
  }

  private static String hex(String text) {
    StringBuilder hex = new StringBuilder();
    text.codePoints()
        .forEach(
            codePoint ->
                hex.append(hex.isEmpty() ? "" : " ").append(Integer.toHexString(codePoint)));
    return hex.toString();
  }
}
