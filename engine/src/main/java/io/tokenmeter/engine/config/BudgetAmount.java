package io.tokenmeter.engine.config;

import io.tokenmeter.api.Budget;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * An amount that a budget counts, as people write it: {@code 5 USD}, {@code 2M tokens}.
 *
 * @param amount at least 0, in the unit: tokens, or nano-USD
 */
public record BudgetAmount(Budget.Unit unit, long amount) {
  private static final int NANO_PLACES = 9;

  /**
   * @throws IllegalArgumentException if it is none; says what was expected
   */
  public static BudgetAmount parse(String text) {
    Values.Limit limit = Values.limit(text.strip());
    return new BudgetAmount(limit.unit(), limit.amount());
  }

  /** In full, as {@link #parse} reads it. */
  @Override
  public String toString() {
    return unit == Budget.Unit.USD
        ? BigDecimal.valueOf(amount, NANO_PLACES).stripTrailingZeros().toPlainString() + " USD"
        : amount + " " + unit.name().toLowerCase(Locale.ROOT);
  }
}
