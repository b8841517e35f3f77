package io.tokenmeter.api;

/**
 * A budget could not pay what was to be reserved. Nothing was held and nothing was sent.
 *
 * <p>The message names the budget, its limit, what is left and when it resets.
 */
public final class BudgetExceededException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Budget budget;
  private final long requested;

  public BudgetExceededException(String message, Budget budget, long requested) {
    super(message);
    this.budget = budget;
    this.requested = requested;
  }

  /** The budget that refused, as it stood then. Null after deserialization. */
  public Budget budget() {
    return budget;
  }

  /** What the call would have reserved, in the budget's unit: tokens, or nano-USD. */
  public long requested() {
    return requested;
  }
}
