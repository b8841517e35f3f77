package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pieces that are cut many at a time are those that are cut one by one. */
class PieceCutterTest {
  private static final int CASES = Integer.getInteger("tokenizers.cases", 10_000) / 5;

  private static final List<PreTokenizer> PRE_TOKENIZERS =
      List.of(
          new O200kPreTokenizer(),
          new Cl100kPreTokenizer(),
          new O200kPreTokenizer(1, false),
          new Cl100kPreTokenizer(1),
          new Gpt2PreTokenizer());

  /** Where the rules meet: each is put at every place of the 64 bytes that are looked at. */
  private static final List<String> SEAMS =
      List.of(
          "don't",
          "DON'T",
          "he'll'x",
          "I'd've",
          "x'lLy",
          "a's",
          "'s",
          " 's",
          "\t's",
          "''s",
          "x'\u017Fy",
          "'re'",
          "'r\u00E9",
          "camelCase",
          "HTTPServer",
          "aBc",
          "AB",
          "1",
          "123",
          "1234",
          "1234567890123456789012345678901234567890123456789012345678901234567890",
          "x12y",
          "\u00BD1",
          " ",
          "  ",
          "   x",
          "  1",
          "  (",
          " \t(",
          "\t\tx",
          "\u000B\f",
          "\n",
          "\r\n",
          "\n\n  x",
          "\n  \n  x",
          " \n \n",
          "\n\u00A0x",
          "  \u3000x",
          "=\n",
          "=\n\n  x",
          "=\n \n",
          "=\n/x",
          "=\n//\n/x",
          "a\n/x",
          "a\n/\n//b",
          "/\n",
          "(x",
          " (x",
          "((x",
          "\t(x",
          "1(x",
          "\n(x",
          "\u001Cx",
          "\u0301a",
          "(\u0301a",
          "((\u0301",
          "a\u0301B",
          "1\u0301",
          "\u2764\uFE0F",
          "\u4E2DAV",
          "\u4E2DAv",
          "a\u4E2DB",
          "\u4E2D\u6587",
          "\u3042\u30A2\u30FC",
          "\u30FB\u30A2",
          "\u3001\u4E2D",
          "\uFF0C\u4E2D\u6587\u3002",
          "\u0416\u0436",
          "\u0436\u0416\u0451",
          "\u0436's",
          "\u0460\u0461",
          "caf\u00E9 \u00C9t\u00E9",
          "\u2014x",
          " \u2014x",
          "\u201Cx\u201D",
          "\uD83D\uDE00x",
          "\uD83D\uDE00\uD83D\uDE00x",
          "\uD55C\uAD6D",
          "\u0663\u0664\u0665\u0666");

  @Test
  void cut_randomText_asOneByOne() {
    Random random = new Random(11);
    for (int i = 0; i < CASES; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(6) == 0 ? 5000 : 100; text.length() < length; ) {
        text.append(random.nextBoolean() ? TestTexts.random(random) : seam(random));
      }
      assertSamePieces(text.toString(), random.nextInt(20), random.nextBoolean());
    }
  }

  @Test
  void cut_fewKindsOfSeams_asOneByOne() {
    Random random = new Random(12);
    for (int i = 0; i < CASES; i++) {
      List<String> few = List.of(seam(random), seam(random), seam(random), "x");
      StringBuilder text = new StringBuilder();
      while (text.length() < 150) {
        text.append(few.get(random.nextInt(few.size())));
      }
      assertSamePieces(text.toString(), random.nextInt(20), random.nextBoolean());
    }
  }

  @Test
  void cut_seamAtEveryPlace_asOneByOne() {
    for (String seam : SEAMS) {
      for (String filling : List.of("a", "ab ", "A", "\u0436", "\u4E2D", "7", ".", "\n", "  ")) {
        for (int before = 0; before <= PieceStarts.BYTES + 2; before++) {
          String start = filling.repeat(before).substring(0, before);
          assertSamePieces(start + seam + " and more of it".repeat(5), 0, true);
          assertSamePieces(start + seam, 3, false);
        }
      }
    }
  }

  private static String seam(Random random) {
    String seam = SEAMS.get(random.nextInt(SEAMS.size()));
    return random.nextInt(12) == 0 ? seam.repeat(1 + random.nextInt(30)) : seam;
  }

  private static void assertSamePieces(String text, int from, boolean last) {
    for (PreTokenizer preTokenizer : PRE_TOKENIZERS) {
      List<Integer> pieces = together(preTokenizer, text, from, last);
      if (last) {
        assertThat(pieces)
            .as("%s, %s", preTokenizer.getClass().getSimpleName(), text)
            .isEqualTo(oneByOne(preTokenizer, text, from, true));
      } else {
        assertDecided(preTokenizer, text, from, pieces);
      }
    }
  }

  /** Whatever comes next, these are the first pieces; and no fewer are known than one by one. */
  private static void assertDecided(
      PreTokenizer preTokenizer, String text, int from, List<Integer> pieces) {
    List<Integer> fewest = oneByOne(preTokenizer, text, from, false);
    assertThat(pieces.size()).isGreaterThanOrEqualTo(fewest.size());
    for (String next : List.of("", "e", "S", "l'", " ", "\n", "7", ".", "/", "\u00E9", "\u0301")) {
      assertThat(pieces)
          .as("%s, %s and %s", preTokenizer.getClass().getSimpleName(), text, next)
          .isEqualTo(first(pieces.size(), oneByOne(preTokenizer, text + next, from, true)));
    }
  }

  private static <T> List<T> first(int count, List<T> list) {
    return list.subList(0, Math.min(count, list.size()));
  }

  private static List<Integer> together(
      PreTokenizer preTokenizer, String text, int from, boolean last) {
    byte[] utf8 = padded(text, from);
    PieceCutter cutter = new PieceCutter(preTokenizer);
    cutter.startAt(from);
    List<Integer> ends = new ArrayList<>();
    for (int pieces = 1; pieces > 0; ) {
      pieces = cutter.cut(utf8, utf8.length - Longs.PADDING, last);
      assertThat(pieces).isLessThanOrEqualTo(PieceCutter.PIECES);
      for (int piece = 0; piece < pieces; piece++) {
        ends.add(cutter.borders()[piece + 1]);
      }
    }
    return ends;
  }

  private static List<Integer> oneByOne(
      PreTokenizer preTokenizer, String text, int from, boolean last) {
    byte[] utf8 = padded(text, from);
    int to = utf8.length - Longs.PADDING;
    List<Integer> ends = new ArrayList<>();
    for (int at = from; at < to; ) {
      at = preTokenizer.pieceEnd(utf8, at, to, last);
      if (at == PreTokenizer.UNDECIDED) {
        break;
      }
      ends.add(at);
    }
    return ends;
  }

  /** With as many bytes behind the text as there must be, and no more. */
  private static byte[] padded(String text, int from) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] utf8 = new byte[from + bytes.length + Longs.PADDING];
    System.arraycopy(bytes, 0, utf8, from, bytes.length);
    return utf8;
  }
}
