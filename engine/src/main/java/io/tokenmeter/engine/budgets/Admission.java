package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /**
   * An amount held in every budget that matched. Of {@link #settle} and {@link #release} the first
   * call acts; later calls do nothing. Thread-safe.
   */
  interface Hold {
    /**
     * Charges what was used in place of what was held, in a budget of calls one call. What was used
     * beyond the hold is charged too: a budget is then in debt and refuses the next call.
     */
    void settle(long tokens, long nanoUsd);

    /** Gives everything back; nothing was used. */
    void release();

    /**
     * Says that the call still goes on. A hold that is neither ended nor extended is given back
     * after an hour; a later settlement is charged all the same. May be called as often as wanted.
     *
     * @return whether it is still held
     */
    boolean extend();

    /**
     * Holds more in the same budgets, in all or in none: the call outgrew what it holds. The
     * settlement is still that of the whole call.
     *
     * @param tokens in addition, at least 0
     * @param nanoUsd in addition, at least 0
     */
    Growth grow(long tokens, long nanoUsd);
  }

  /**
   * Whether a hold has grown.
   *
   * @param refusedBy the hard budget that cannot pay, as it stood; null if it has grown
   */
  record Growth(@Nullable Budget refusedBy) {
    static final Growth GROWN = new Growth(null);

    /** Whether more is held now. */
    public boolean granted() {
      return refusedBy == null;
    }
  }
}
