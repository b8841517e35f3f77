package io.tokenmeter.benchmarks.tokenizers;

import java.util.SplittableRandom;

/**
 * Text of a language's words and sentences' length that never comes twice. Most words are common
 * ones; some are put together from two, as names and rare words look to a tokenizer. The same seed
 * gives the same text.
 */
final class Sentences {
  private static final int MIN_WORDS = 4;
  private static final int MORE_WORDS = 16;
  private static final double COMMA = 0.1;
  private static final double RARE = 0.06;
  private static final double NUMBER = 0.02;
  private static final double PARAGRAPH = 0.15;

  private final Language language;
  private final SplittableRandom random;

  Sentences(Language language, long seed) {
    this.language = language;
    this.random = new SplittableRandom(seed);
  }

  /** The next text, of at least so many chars. */
  String text(int chars) {
    StringBuilder text = new StringBuilder(chars + 256);
    while (text.length() < chars) {
      int start = text.length();
      int words = MIN_WORDS + random.nextInt(MORE_WORDS);
      for (int i = 0; i < words; i++) {
        if (i > 0) {
          text.append(random.nextDouble() < COMMA ? language.comma() : language.space());
        }
        text.append(word());
      }
      text.setCharAt(start, Character.toUpperCase(text.charAt(start)));
      text.append(any(language.stops()));
      text.append(random.nextDouble() < PARAGRAPH ? "\n\n" : language.space());
    }
    return text.toString();
  }

  private String word() {
    double kind = random.nextDouble();
    if (kind < NUMBER) {
      return Integer.toString(random.nextInt(3000));
    }
    if (kind < NUMBER + RARE) {
      String first = any(language.stock());
      String second = any(language.stock());
      return first.substring(0, (first.length() + 1) / 2) + second.substring(second.length() / 2);
    }
    // The cube puts half of all words among the first eighth of the list.
    double rank = random.nextDouble();
    String word = language.stock()[(int) (rank * rank * rank * language.stock().length)];
    return random.nextDouble() < language.inflected() ? word + any(language.endings()) : word;
  }

  private String any(String[] choices) {
    return choices[random.nextInt(choices.length)];
  }
}
