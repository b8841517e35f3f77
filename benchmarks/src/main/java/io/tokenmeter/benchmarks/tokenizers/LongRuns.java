package io.tokenmeter.benchmarks.tokenizers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Texts of a million times one character: what makes quadratic encoders hang. */
final class LongRuns {
  private static final int MILLION = 1_000_000;
  private static final int PASSES = 3;

  /** By what they are called, for people. */
  private static final Map<String, String> UNITS = new LinkedHashMap<>();

  static {
    UNITS.put("a", "a");
    UNITS.put("space", " ");
    UNITS.put("的", "的");
    UNITS.put("=", "=");
  }

  private LongRuns() {}

  /** Nanoseconds a byte of each run, the best of a few passes. */
  static Map<String, Double> measure(Counter counter) {
    Map<String, Double> nanos = new LinkedHashMap<>();
    UNITS.forEach(
        (label, unit) -> {
          List<String> text = List.of(unit.repeat(MILLION));
          double best = Double.MAX_VALUE;
          for (int pass = 0; pass < PASSES; pass++) {
            best = Math.min(best, Passes.nanos(counter, text, 1));
          }
          nanos.put(label, best / Texts.utf8Bytes(text));
        });
    return nanos;
  }
}
