package io.tokenmeter.engine.ledger;

/** What a row's words mean. The code is what the file holds. */
enum AccountKind {
  /** A budget over a calendar window, in tokens. */
  CALENDAR_TOKENS(1, false, false),
  /** A budget over a calendar window, in nano-USD. */
  CALENDAR_NANO_USD(2, false, true),
  /** A refilling bucket of tokens. */
  REFILL_TOKENS(3, true, false),
  /** A refilling bucket of nano-USD. */
  REFILL_NANO_USD(4, true, true),
  /** What was spent on something, whether there is a budget or not. */
  SPEND(5, false, false);

  private static final AccountKind[] KINDS = values();

  private final long code;
  private final boolean refill;
  private final boolean money;

  AccountKind(long code, boolean refill, boolean money) {
    this.code = code;
    this.refill = refill;
    this.money = money;
  }

  static AccountKind budget(boolean refill, boolean money) {
    if (refill) {
      return money ? REFILL_NANO_USD : REFILL_TOKENS;
    }
    return money ? CALENDAR_NANO_USD : CALENDAR_TOKENS;
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

  boolean money() {
    return money;
  }
}
