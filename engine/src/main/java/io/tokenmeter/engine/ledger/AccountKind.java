package io.tokenmeter.engine.ledger;

/** What a row's words mean. The code is what the file holds. */
enum AccountKind {
  /** A budget over a calendar window, in tokens. */
  CALENDAR_TOKENS(1, false, AccountUnit.TOKENS),
  /** A budget over a calendar window, in nano-USD. */
  CALENDAR_NANO_USD(2, false, AccountUnit.NANO_USD),
  /** A refilling bucket of tokens. */
  REFILL_TOKENS(3, true, AccountUnit.TOKENS),
  /** A refilling bucket of nano-USD. */
  REFILL_NANO_USD(4, true, AccountUnit.NANO_USD),
  /** What was spent on something, whether there is a budget or not. */
  SPEND(5, false, AccountUnit.TOKENS),
  /** A budget over a calendar window, in calls. */
  CALENDAR_CALLS(6, false, AccountUnit.CALLS),
  /** A refilling bucket of calls. */
  REFILL_CALLS(7, true, AccountUnit.CALLS);

  private static final AccountKind[] KINDS = values();

  private final long code;
  private final boolean refill;
  private final AccountUnit unit;

  AccountKind(long code, boolean refill, AccountUnit unit) {
    this.code = code;
    this.refill = refill;
    this.unit = unit;
  }

  static AccountKind budget(boolean refill, AccountUnit unit) {
    return switch (unit) {
      case TOKENS -> refill ? REFILL_TOKENS : CALENDAR_TOKENS;
      case NANO_USD -> refill ? REFILL_NANO_USD : CALENDAR_NANO_USD;
      case CALLS -> refill ? REFILL_CALLS : CALENDAR_CALLS;
    };
  }

  /**
   * The kind of a word read from a row; a word that no kind has is a spend row's: never debited.
   */
  static AccountKind of(long code) {
    for (AccountKind kind : KINDS) {
      if (kind.code == code) {
        return kind;
      }
    }
    return SPEND;
  }

  long code() {
    return code;
  }

  boolean refill() {
    return refill;
  }

  AccountUnit unit() {
    return unit;
  }
}
