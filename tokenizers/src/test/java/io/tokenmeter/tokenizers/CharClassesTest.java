package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Against the JDK's own Unicode data, for what both versions know. */
class CharClassesTest {
  private static final Pattern WHITE_SPACE = Pattern.compile("\\p{IsWhite_Space}");

  @Test
  void at_everyCodePointThatTheJdkKnows_sameClass() {
    List<String> different = new ArrayList<>();
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      int type = Character.getType(codePoint);
      if (type == Character.UNASSIGNED || type == Character.SURROGATE) {
        continue;
      }
      String text = Character.toString(codePoint);
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      assertThat(CharClasses.width(utf8, 0)).isEqualTo(utf8.length);
      if (CharClasses.at(utf8, 0) != expected(codePoint, type, text)) {
        different.add(Integer.toHexString(codePoint));
      }
    }
    assertThat(different).isEmpty();
  }

  private static int expected(int codePoint, int type, String text) {
    if (codePoint == '\n' || codePoint == '\r') {
      return CharClasses.NEWLINE;
    }
    if (WHITE_SPACE.matcher(text).matches()) {
      return CharClasses.BLANK;
    }
    return switch (type) {
      case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> CharClasses.UPPER;
      case Character.LOWERCASE_LETTER -> CharClasses.LOWER;
      case Character.OTHER_LETTER, Character.MODIFIER_LETTER -> CharClasses.CASELESS;
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          CharClasses.MARK;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          CharClasses.NUMBER;
      default -> CharClasses.OTHER;
    };
  }
}
