package io.tokenmeter.benchmarks.tokenizers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** What the sentences of a language are made of. */
enum Language {
  ENGLISH(
      "/io/tokenmeter/benchmarks/agent/words.txt",
      words("english-endings.txt"),
      0.2,
      " ",
      ", ",
      new String[] {".", "?"}),
  CHINESE("chinese.txt", new String[0], 0, "", "，", new String[] {"。", "；", "！"}),
  JAPANESE("japanese.txt", new String[0], 0, "", "、", new String[] {"。", "？"}),
  RUSSIAN("russian.txt", words("russian-endings.txt"), 0.7, " ", ", ", new String[] {".", "!"});

  private final String[] stock;
  private final String[] endings;
  private final double inflected;
  private final String space;
  private final String comma;
  private final String[] stops;

  /**
   * @param file the words by how common they are, the most common first
   * @param endings what is put behind words, in as many of them as {@code inflected} says
   */
  Language(
      String file, String[] endings, double inflected, String space, String comma, String[] stops) {
    this.stock = words(file);
    this.endings = endings;
    this.inflected = inflected;
    this.space = space;
    this.comma = comma;
    this.stops = stops;
  }

  /** By how common they are. */
  String[] stock() {
    return stock;
  }

  String[] endings() {
    return endings;
  }

  /** The share of words that get an ending, from 0 to 1. */
  double inflected() {
    return inflected;
  }

  /** Between words. */
  String space() {
    return space;
  }

  String comma() {
    return comma;
  }

  String[] stops() {
    return stops;
  }

  private static String[] words(String file) {
    try (InputStream in = Language.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing beside " + Language.class);
      }
      return new String(in.readAllBytes(), UTF_8).strip().split("\\s+");
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
