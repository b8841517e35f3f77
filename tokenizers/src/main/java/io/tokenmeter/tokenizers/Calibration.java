package io.tokenmeter.tokenizers;

import java.util.function.Supplier;

/** Knows better factors than the rules start with. Thread-safe. */
@FunctionalInterface
public interface Calibration {
  /** Keeps to the rules. */
  Calibration NONE =
      (provider, model, rule) -> {
        TextFactor start = rule.start();
        return () -> start;
      };

  /**
   * The factor of a model, asked for once a counter.
   *
   * @return read at every count on the call's thread, so it must be as cheap as a volatile read
   */
  Supplier<TextFactor> factorOf(String provider, String model, FactorRule rule);
}
