package io.tokenmeter.engine.ledger;

/** What an account counts. The order is what the file holds. */
public enum AccountUnit {
  /** Tokens, all classes alike. */
  TOKENS,
  /** Money: 1 USD is 1,000,000,000. */
  NANO_USD,
  /** Calls, each of them 1. */
  CALLS;

  private static final AccountUnit[] UNITS = values();

  /**
   * The unit of a number read from a page; one that no unit has, where it is damaged, is tokens.
   */
  static AccountUnit of(int ordinal) {
    return ordinal < UNITS.length ? UNITS[ordinal] : TOKENS;
  }

  /**
   * Which of three amounts is in this unit.
   *
   * @param calls 1 for a call that counts, else 0
   */
  public long of(long tokens, long nanoUsd, long calls) {
    return switch (this) {
      case TOKENS -> tokens;
      case NANO_USD -> nanoUsd;
      case CALLS -> calls;
    };
  }
}
