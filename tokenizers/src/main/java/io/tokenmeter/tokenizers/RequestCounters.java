package io.tokenmeter.tokenizers;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The counters of all models under one set of rules, with what they share: the memory of what was
 * counted, and what is learned of closed tokenizers. Thread-safe.
 */
public final class RequestCounters {
  /** Counters are kept for so many models; beyond, they are made each time. */
  private static final int MOST_KEPT = 500;

  private static final RequestCounters BUILT_IN =
      new RequestCounters(
          ModelEncodings.builtIn(), CountingRules.builtIn(), RequestMemory.NONE, Calibration.NONE);

  private final ModelEncodings encodings;
  private final CountingRules rules;
  private final RequestMemory memory;
  private final Calibration calibration;
  private final Map<ModelName, RequestCounter> kept = new ConcurrentHashMap<>();

  /**
   * @param encodings which model has which base encoding
   * @param rules how what is not text counts
   * @param memory of what was counted before; may be shared with other sets of rules
   * @param calibration learned factors of closed tokenizers
   */
  public RequestCounters(
      ModelEncodings encodings,
      CountingRules rules,
      RequestMemory memory,
      Calibration calibration) {
    this.encodings = encodings;
    this.rules = rules;
    this.memory = memory;
    this.calibration = calibration;
  }

  /** The rules that the product comes with; nothing is remembered or learned. */
  public static RequestCounters builtIn() {
    return BUILT_IN;
  }

  /**
   * The counter for a provider's model; one that is unknown gets a cautious margin.
   *
   * @param provider as in {@code gen_ai.provider.name}, such as {@code openai}; empty if unknown
   * @param model as the request names it
   */
  public RequestCounter forModel(String provider, String model) {
    ModelName name = new ModelName(provider, model);
    RequestCounter counter = kept.get(name);
    if (counter != null) {
      return counter;
    }
    RequestCounter fresh =
        new RequestCounter(
            Encodings.forModel(model, encodings), rules, provider, model, memory, calibration);
    if (kept.size() >= MOST_KEPT) {
      return fresh;
    }
    // All threads use the same one: what one of them remembers the others find.
    RequestCounter before = kept.putIfAbsent(name, fresh);
    return before == null ? fresh : before;
  }

  /** The base encoding of a model. */
  public Encoding encodingOf(String model) {
    return Encodings.forModel(model, encodings);
  }

  public RequestMemory memory() {
    return memory;
  }

  private record ModelName(String provider, String model) {}
}
