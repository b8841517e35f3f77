package io.tokenmeter.tokenizers;

import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** An encoding that changes a text, or cuts it at added tokens, before pieces are counted. */
final class StagedEncoding implements Encoding {
  private final String name;
  private final List<UnaryOperator<Stage>> stages;
  private final TokenizerModel model;
  private final TokenDecoder decoder;
  private final PieceCache cache = new PieceCache();
  private final CounterPool<StagedCounter> counters =
      new CounterPool<>(() -> new StagedCounter(this), StagedCounter::reset);

  /**
   * @param stages each makes a stage before the one given, in the order of the text's way
   */
  StagedEncoding(
      String name, List<UnaryOperator<Stage>> stages, TokenizerModel model, TokenDecoder decoder) {
    this.name = name;
    this.stages = List.copyOf(stages);
    this.model = model;
    this.decoder = decoder;
  }

  PieceStage newPieceStage() {
    return new PieceStage(model, cache);
  }

  Stage newStagesBefore(Stage last) {
    Stage first = last;
    for (int i = stages.size() - 1; i >= 0; i--) {
      first = stages.get(i).apply(first);
    }
    return first;
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
    StagedCounter counter = counters.take();
    try {
      counter.append(utf8, offset, offset + length);
      return (int) counter.finish();
    } finally {
      counters.give(counter);
    }
  }

  @Override
  public int countUpTo(CharSequence text, int limit) {
    StagedCounter counter = counters.take();
    try {
      counter.appendUpTo(text, limit);
      return (int) counter.finish();
    } finally {
      counters.give(counter);
    }
  }

  @Override
  public int[] encode(CharSequence text) {
    StagedCounter counter = counters.take();
    try {
      TokenList ids = new TokenList();
      counter.collect(ids);
      counter.append(text);
      counter.finish();
      return ids.toArray();
    } finally {
      counters.give(counter);
    }
  }

  @Override
  public String decode(int[] tokens) {
    return decoder.decode(tokens);
  }

  @Override
  public String truncate(CharSequence text, int maxTokens) {
    return new StagedTruncation(this, text).toTokens(maxTokens);
  }

  @Override
  public StreamCounter streamCounter() {
    return new StagedCounter(this);
  }

  @Override
  public String toString() {
    return name;
  }
}
