package io.tokenmeter.engine.calibration;

import io.tokenmeter.tokenizers.FactorRule;
import io.tokenmeter.tokenizers.TextFactor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * One model's tokenizer as this process knows it. The factor is read by any thread without a lock;
 * learning happens on the meter's own.
 */
final class ModelCalibration implements Supplier<TextFactor> {
  /** Calls that may wait to be shared; a model that is called more often has long been learned. */
  private static final int MOST_WAITING = 256;

  private final FactorRule rule;
  private final List<Sample> waiting = new ArrayList<>();
  private volatile Learned learned;
  private volatile TextFactor factor;

  ModelCalibration(FactorRule rule, Learned known) {
    this.rule = rule;
    this.learned = known.within(rule);
    this.factor = learned.toFactor();
  }

  @Override
  public TextFactor get() {
    return factor;
  }

  FactorRule rule() {
    return rule;
  }

  Learned learned() {
    return learned;
  }

  /** Learns from a call of this process. */
  synchronized void observe(Sample call) {
    adopt(learned.with(call, rule));
    if (waiting.size() < MOST_WAITING) {
      waiting.add(call);
    }
  }

  synchronized boolean hasNews() {
    return !waiting.isEmpty();
  }

  /** What all processes know together: what they knew before and this one's calls since. */
  synchronized Learned shared(Learned before) {
    Learned shared = before.within(rule);
    for (Sample call : waiting) {
      shared = shared.with(call, rule);
    }
    return shared;
  }

  /** Takes over what is shared; nothing waits any more. */
  synchronized void share(Learned shared) {
    waiting.clear();
    adopt(shared.within(rule));
  }

  private void adopt(Learned next) {
    learned = next;
    factor = next.toFactor();
  }
}
