package io.tokenmeter.api;

import java.time.Instant;

/**
 * A budget as it stood at one moment. Other threads and processes go on spending while it is read.
 *
 * @param name its name in the configuration
 * @param scope whom this row of it is for, such as {@code team=search}; empty for everyone
 * @param unit what is counted
 * @param hard whether it refuses calls; otherwise it only observes
 * @param window as in the configuration: {@code minute}, {@code day}, {@code rolling 24h}
 * @param limit with overrides that are in force, in the unit: tokens, nano-USD or calls
 * @param used settled in this window
 * @param reserved held by calls that have not ended
 * @param remaining what a new call may still reserve, grants included; negative when calls cost
 *     more than they held
 * @param resetsAt when the window ends; for a refilling bucket, when it would be full again; for a
 *     rolling window, when it would be empty; for a lifetime, the last moment in epoch ms
 */
public record Budget(
    String name,
    String scope,
    Unit unit,
    boolean hard,
    String window,
    long limit,
    long used,
    long reserved,
    long remaining,
    Instant resetsAt) {

  /** What a budget counts. */
  public enum Unit {
    /** Tokens, all classes alike. */
    TOKENS,
    /** Money, in nano-USD: 1 USD is 1,000,000,000. */
    USD,
    /** Calls, each of them 1, whatever they use. */
    CALLS
  }
}
