package io.tokenmeter.benchmarks.agent;

/**
 * Calls that are made one after the other.
 *
 * @param scenario their kind
 * @param seed of their prompts; each call gets a text of its own
 * @param unmeasured calls at the start that only bring caches and branch predictors back
 * @param measured calls after those
 */
record Burst(Scenario scenario, long seed, int unmeasured, int measured) {
  int calls() {
    return unmeasured + measured;
  }

  static Burst parse(String line) {
    String[] fields = line.split(" ", -1);
    return new Burst(
        Scenario.valueOf(fields[0]),
        Long.parseLong(fields[1]),
        Integer.parseInt(fields[2]),
        Integer.parseInt(fields[3]));
  }

  /** What {@link #parse} reads. */
  String line() {
    return scenario + " " + seed + " " + unmeasured + " " + measured;
  }
}
