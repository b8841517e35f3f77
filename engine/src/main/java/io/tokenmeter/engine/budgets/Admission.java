package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import java.util.List;

/** What the budgets said to a call. */
public sealed interface Admission {
  /**
   * Every hard budget can pay and holds the amount.
   *
   * @param hold to be settled or released, exactly once
   * @param exceeded observing budgets that could not have paid
   */
  record Granted(Hold hold, List<Budget> exceeded) implements Admission {}

  /**
   * A hard budget cannot pay; nothing is held anywhere.
   *
   * @param budget as it stood
   * @param requested what it was asked to hold, in its unit
   */
  record Denied(Budget budget, long requested) implements Admission {}

  /** An amount held in every budget that matched. Both methods act once; later calls do nothing. */
  interface Hold {
    /** Charges what was used in place of what was held. */
    void settle(long tokens, long nanoUsd);

    /** Gives everything back. */
    void release();
  }
}
