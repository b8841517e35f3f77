package io.tokenmeter.benchmarks.budgets;

/** Something that admits calls. Used by one thread. */
interface Pairs {
  /**
   * Admits calls, one after the other.
   *
   * @throws IllegalStateException if one is refused: the limits are far away
   */
  void run(int calls);
}
