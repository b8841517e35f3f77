package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pieces themselves, against the regular expressions that they are written out of. */
class PreTokenizerTest {
  private static final int CASES = Integer.getInteger("tokenizers.cases", 10_000);

  private static final String GPT2 =
      "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s";

  private static final String CL100K =
      "'(?iu:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String PREFIX = "[^\\r\\n\\p{L}\\p{N}]?";
  private static final String CONTRACTION = "(?iu:'s|'t|'re|'ve|'m|'ll|'d)?";
  private static final String O200K =
      (PREFIX + UPPER + "*" + LOWER + "+" + CONTRACTION)
          + ("|" + PREFIX + UPPER + "+" + LOWER + "*" + CONTRACTION)
          + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  @Test
  void pieceEnd_gpt2_asTheRegularExpression() {
    assertSamePieces(new Gpt2PreTokenizer(), GPT2);
  }

  @Test
  void pieceEnd_cl100k_asTheRegularExpression() {
    assertSamePieces(new Cl100kPreTokenizer(), CL100K);
  }

  @Test
  void pieceEnd_o200k_asTheRegularExpression() {
    assertSamePieces(new O200kPreTokenizer(), O200K);
  }

  @Test
  void pieceEnd_longS_isAContraction() {
    assertThat(pieces(new O200kPreTokenizer(), "I'\u017Fx")).containsExactly("I'\u017F", "x");
    assertThat(pieces(new Cl100kPreTokenizer(), "I'\u017Fx")).containsExactly("I", "'\u017F", "x");
    assertThat(pieces(new Gpt2PreTokenizer(), "I'\u017Fx")).containsExactly("I", "'", "\u017Fx");
  }

  private static void assertSamePieces(PreTokenizer preTokenizer, String expression) {
    String whiteSpace = expression.replace("\\s", "\\p{IsWhite_Space}");
    Pattern pattern = Pattern.compile(whiteSpace.replace("\\S", "\\P{IsWhite_Space}"));
    Random random = new Random(8);
    for (int i = 0; i < CASES; i++) {
      String text = TestTexts.random(random);
      List<String> expected = new ArrayList<>();
      for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
        expected.add(matcher.group());
      }
      assertThat(pieces(preTokenizer, text)).isEqualTo(expected);
    }
  }

  private static List<String> pieces(PreTokenizer preTokenizer, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int length = utf8.length;
    byte[] padded = Arrays.copyOf(utf8, length + Longs.PADDING);
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < length; ) {
      int end = preTokenizer.pieceEnd(padded, at, length, true);
      pieces.add(new String(padded, at, end - at, StandardCharsets.UTF_8));
      at = end;
    }
    return pieces;
  }
}
