package io.tokenmeter.tokenizers;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** An encoding of one vocabulary and one way to cut a text into pieces. */
final class BpeEncoding implements Encoding {
  private final String name;
  private final Vocabulary vocabulary;
  private final PreTokenizer preTokenizer;
  private final CounterPool<PieceTally> tallies;
  private final CounterPool<TextCounter> counters;

  BpeEncoding(String name, Vocabulary vocabulary, PreTokenizer preTokenizer) {
    this.name = name;
    this.vocabulary = vocabulary;
    this.preTokenizer = preTokenizer;
    this.tallies =
        new CounterPool<>(() -> new PieceTally(vocabulary, preTokenizer), PieceTally::shrink);
    this.counters = new CounterPool<>(() -> TextCounter.forReuse(tallies), TextCounter::reset);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int count(CharSequence text) {
    return countUpTo(text, Integer.MAX_VALUE);
  }

  @Override
  public int count(byte[] utf8, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, utf8.length);
    TextCounter counter = counters.take();
    try {
      counter.append(utf8, offset, length);
      return (int) counter.tokens();
    } finally {
      counters.give(counter);
    }
  }

  @Override
  public int countUpTo(CharSequence text, int limit) {
    TextCounter counter = counters.take();
    try {
      counter.limit(limit);
      counter.append(text);
      return (int) counter.tokens();
    } finally {
      counters.give(counter);
    }
  }

  @Override
  public int[] encode(CharSequence text) {
    TextCounter counter = counters.take();
    try {
      TokenList ids = new TokenList();
      counter.collect(ids);
      counter.append(text);
      counter.tokens();
      return ids.toArray();
    } finally {
      counters.give(counter);
    }
  }

  @Override
  public String decode(int[] tokens) {
    int length = 0;
    for (int token : tokens) {
      length = Math.addExact(length, vocabulary.length(token));
    }
    byte[] utf8 = new byte[length];
    int at = 0;
    for (int token : tokens) {
      vocabulary.copy(token, utf8, at);
      at += vocabulary.length(token);
    }
    return new String(utf8, StandardCharsets.UTF_8);
  }

  @Override
  public String truncate(CharSequence text, int maxTokens) {
    return new Truncation(vocabulary, preTokenizer, text).toTokens(maxTokens);
  }

  @Override
  public StreamCounter streamCounter() {
    return TextCounter.forOneText(tallies);
  }

  @Override
  public String toString() {
    return name;
  }
}
