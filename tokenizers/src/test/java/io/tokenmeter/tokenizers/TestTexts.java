package io.tokenmeter.tokenizers;

import java.util.List;
import java.util.Random;

/** Random texts that are likely to hit what pre-tokenisers get wrong. */
final class TestTexts {
  private static final List<String> FRAGMENTS =
      List.of(
          "the",
          " and",
          "Hello",
          " world",
          "camelCase",
          "HTTPServer",
          "don't",
          "I'LL",
          "'s",
          "'LL",
          "'\u017F",
          "'re",
          "'",
          "''",
          "\n",
          "\r\n",
          "\n\n",
          " ",
          "  ",
          "   ",
          "\t",
          " \n",
          "1",
          "123",
          "45678",
          "\u0663",
          "\u2163",
          "\u00BD",
          "\u00E9",
          "\u0301",
          "\u0301a",
          "\u01C5",
          "\u02B0",
          "\u4E9A\u6D32",
          "AV",
          "\u65E5\u672C\u8A9E\u306E",
          "\uD55C\uAD6D",
          "\u0E2A\u0E27\u0E31\u0E2A\u0E14\u0E35",
          "\u0627\u0644\u0633",
          "\u0416\u0436",
          "\uD83D\uDE00",
          "\uD83D\uDC69\u200D\uD83D\uDC67",
          "\u2764\uFE0F",
          "...",
          "//",
          "/",
          "!",
          "_",
          "==",
          "{\"a\":",
          "();",
          "\u00A0",
          "\u3000",
          "\u2028",
          "\u0085",
          "\u001C",
          "aaaaaaa",
          "----------",
          "x",
          "\uFFFD",
          "<|endoftext|>");

  private static final String PROSE =
      "It was the best of times, it was the worst of times; the year 1775, in which Mr. Lorry's"
          + " coach went \"up the hill\".\n\nNobody knew why.  A caf\u00E9 na\u00EFvely opened"
          + " (see section 4.2), and they'd paid \u20AC1,299.50 for it \u2014 all of it!\n";

  private static final String CODE =
      "public static <T> List<T> of(T... xs) {\r\n\tfor (int i = 0; i < xs.length; ++i) {\r\n"
          + "        if (xs[i] == null) throw new NullPointerException(\"xs[\" + i + \"]\");\n"
          + "    }\n  // TODO_x: HTTPSConnection2_finalURL /* ... */\n\n\n\treturn"
          + " Arrays.asList(xs);\n}\n";

  private TestTexts() {}

  /** One of several kinds, of up to some hundred chars; no lone surrogates. */
  static String random(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> fragments(random);
      case 1 -> codePoints(random);
      case 2 -> mutated(random, PROSE);
      default -> mutated(random, CODE);
    };
  }

  /** Pieces of text put together, at most a dozen or so. */
  static String fragments(Random random) {
    StringBuilder text = new StringBuilder();
    for (int n = 1 + random.nextInt(14); n > 0; n--) {
      text.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
    }
    return text.toString();
  }

  private static String codePoints(Random random) {
    int[] bounds = {0x80, 0x250, 0x800, 0x3100, 0x10000, 0x20000, 0x110000};
    int bound = bounds[random.nextInt(bounds.length)];
    StringBuilder text = new StringBuilder();
    for (int n = 1 + random.nextInt(20); n > 0; ) {
      int codePoint = random.nextInt(bound);
      if (Character.isDefined(codePoint) && Character.getType(codePoint) != Character.SURROGATE) {
        text.appendCodePoint(codePoint);
        n--;
      }
    }
    return text.toString();
  }

  private static String mutated(Random random, String text) {
    StringBuilder mutated = new StringBuilder(text);
    for (int n = random.nextInt(8); n > 0; n--) {
      int at = random.nextInt(mutated.length());
      if (random.nextBoolean()) {
        mutated.insert(at, FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
      } else {
        mutated.deleteCharAt(at);
      }
    }
    int from = random.nextInt(mutated.length());
    String cut = mutated.substring(from, from + random.nextInt(mutated.length() - from + 1));
    return cut.codePoints()
        .filter(codePoint -> codePoint < 0xD800 || codePoint > 0xDFFF)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
