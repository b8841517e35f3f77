/**
 * Prints the table of character classes from the running JDK's own Unicode data, to be committed as
 * {@code src/build/unicode/classes-16.0.txt}. Run by hand, on a JDK of that Unicode version only:
 * {@code java src/build/java/WriteUnicodeRanges.java > src/build/unicode/classes-16.0.txt}.
 */
public final class WriteUnicodeRanges {
  private static final int GARAY_CAPITAL_A = 0x10D50; // a letter since 16.0
  private static final int CAPITAL_PHARYNGEAL = 0xA7CE; // a letter since 17.0

  private WriteUnicodeRanges() {}

  public static void main(String[] args) {
    if (!Character.isLetter(GARAY_CAPITAL_A) || Character.isLetter(CAPITAL_PHARYNGEAL)) {
      throw new IllegalStateException("this JDK's Unicode version is not 16.0");
    }
    System.out.println("# Unicode 16.0: the first code point of each run of one class.");
    System.out.println("# U Lu Lt, L Ll, O Lo Lm, M marks, N numbers, S White_Space, B CR LF");
    char current = 0;
    int column = 0;
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      char next = classOf(codePoint);
      if (next != current) {
        current = next;
        System.out.printf(
            "%s%x:%c", column == 0 ? "" : column % 12 == 0 ? "\n" : " ", codePoint, next);
        column++;
      }
    }
    System.out.println();
  }

  private static char classOf(int codePoint) {
    if (codePoint == '\n' || codePoint == '\r') {
      return 'B';
    }
    if (isWhiteSpace(codePoint)) {
      return 'S';
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> 'U';
      case Character.LOWERCASE_LETTER -> 'L';
      case Character.OTHER_LETTER, Character.MODIFIER_LETTER -> 'O';
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          'M';
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> 'N';
      default -> '-';
    };
  }

  /** The property White_Space: separators and a few controls. */
  private static boolean isWhiteSpace(int codePoint) {
    return Character.isSpaceChar(codePoint)
        || codePoint == 0x85
        || (codePoint >= '\t' && codePoint <= '\r');
  }
}
