package io.tokenmeter.engine.ledger;

/** Over what time an account's limit holds. The order is what the file holds. */
public enum AccountShape {
  /** Until a moment that is known from the start, or for ever. */
  CALENDAR,
  /** A bucket that is refilled evenly. */
  REFILL,
  /** Any stretch of time of a certain length. */
  ROLLING,
  /** Until it has not been used for some time. */
  SESSION,
  /** What was spent on something, whether there is a budget or not. Never debited. */
  SPEND;

  private static final AccountShape[] SHAPES = values();

  /** The shape of a number read from a page; what no shape has, where it is damaged, is spend. */
  static AccountShape of(int ordinal) {
    return ordinal >= 0 && ordinal < SHAPES.length ? SHAPES[ordinal] : SPEND;
  }
}
