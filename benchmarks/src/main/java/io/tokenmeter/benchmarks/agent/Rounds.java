package io.tokenmeter.benchmarks.agent;

import io.tokenmeter.benchmarks.Samples;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One figure of every variant in every round. What an agent adds is the median over the rounds of
 * the difference to the same round without an agent, so that the machine's drift cancels out.
 */
final class Rounds {
  private final Map<Variant, List<Double>> figures = new EnumMap<>(Variant.class);

  /** Adds the figure of a variant's next round. */
  void add(Variant variant, double figure) {
    figures.computeIfAbsent(variant, unused -> new ArrayList<>()).add(figure);
  }

  /** The median over all rounds. */
  double typical(Variant variant) {
    return Samples.of(all(variant)).median();
  }

  /** What the variant's agent adds. */
  double added(Variant variant) {
    return differences(variant).median();
  }

  /** The variant's figures minus those without an agent, round by round. */
  Samples differences(Variant variant) {
    double[] with = all(variant);
    double[] without = all(Variant.NONE);
    if (with.length != without.length) {
      throw new IllegalStateException(
          with.length + " rounds of " + variant + ", " + without.length + " of " + Variant.NONE);
    }
    double[] differences = new double[with.length];
    for (int round = 0; round < differences.length; round++) {
      differences[round] = with[round] - without[round];
    }
    return Samples.of(differences);
  }

  private double[] all(Variant variant) {
    return figures.getOrDefault(variant, List.of()).stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  /** The variants in another order each round; every order comes equally often. */
  static List<Variant> order(int round) {
    List<Variant> left = new ArrayList<>(List.of(Variant.values()));
    List<Variant> order = new ArrayList<>();
    int choice = round;
    while (!left.isEmpty()) {
      int options = left.size();
      order.add(left.remove(choice % options));
      choice /= options;
    }
    return order;
  }
}
