package io.tokenmeter.benchmarks.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;

/**
 * English-looking text that never comes twice: sentences and paragraphs of common and rarer words,
 * figures and part numbers. The same seed gives the same sequence of texts. ASCII only.
 */
public final class Prose {
  private static final String[] WORDS = words();

  private static final int MIN_SENTENCE_WORDS = 5;
  private static final int MORE_SENTENCE_WORDS = 18;
  private static final double COMMA = 0.08;
  private static final double FIGURE = 0.02;
  private static final double PART_NUMBER = 0.01;
  private static final double PARAGRAPH = 0.15;

  private final SplittableRandom random;

  public Prose(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The next text, of exactly so many characters. */
  public String text(int chars) {
    StringBuilder text = new StringBuilder(chars + 256);
    while (text.length() < chars) {
      sentence(text);
      text.append(random.nextDouble() < PARAGRAPH ? "\n\n" : " ");
    }
    text.setLength(chars);
    return text.toString();
  }

  private void sentence(StringBuilder text) {
    int start = text.length();
    int words = MIN_SENTENCE_WORDS + random.nextInt(MORE_SENTENCE_WORDS);
    for (int i = 0; i < words; i++) {
      if (i > 0) {
        text.append(random.nextDouble() < COMMA ? ", " : " ");
      }
      word(text);
    }
    text.setCharAt(start, Character.toUpperCase(text.charAt(start)));
    text.append(random.nextInt(12) == 0 ? '?' : '.');
  }

  private void word(StringBuilder text) {
    double kind = random.nextDouble();
    if (kind < PART_NUMBER) {
      text.append("PX-")
          .append(Integer.toHexString(random.nextInt()))
          .append('/')
          .append(random.nextInt(100));
    } else if (kind < PART_NUMBER + FIGURE) {
      text.append(random.nextInt(10_000)).append('.').append(random.nextInt(10));
    } else {
      // The cube puts half of all words among the first eighth of the list, which is by frequency.
      double rank = random.nextDouble();
      text.append(WORDS[(int) (rank * rank * rank * WORDS.length)]);
    }
  }

  private static String[] words() {
    try (InputStream list = Prose.class.getResourceAsStream("words.txt")) {
      if (list == null) {
        throw new IllegalStateException("words.txt is missing beside " + Prose.class);
      }
      return new String(list.readAllBytes(), UTF_8).strip().split("\\s+");
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
