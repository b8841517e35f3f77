package io.tokenmeter.benchmarks.agent;

/** A kind of call whose latency is measured. */
enum Scenario {
  PLAIN_2KB("plain, 2 KB prompt", 2 * 1024, false, 1),
  PLAIN_64KB("plain, 64 KB prompt", 64 * 1024, false, 4),
  STREAM_2KB("streamed, 2 KB prompt", 2 * 1024, true, 2);

  private final String label;
  private final int promptChars;
  private final boolean streamed;
  private final int cost;

  Scenario(String label, int promptChars, boolean streamed, int cost) {
    this.label = label;
    this.promptChars = promptChars;
    this.streamed = streamed;
    this.cost = cost;
  }

  String label() {
    return label;
  }

  /** Characters of the prompt, all ASCII. */
  int promptChars() {
    return promptChars;
  }

  boolean streamed() {
    return streamed;
  }

  /**
   * Calls of this kind that are made where {@code calls} of the cheapest kind are: fewer where a
   * call takes longer, so that all kinds get a similar share of the time.
   */
  int share(int calls) {
    return Math.max(1, calls / cost);
  }
}
