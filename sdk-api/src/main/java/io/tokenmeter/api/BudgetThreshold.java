package io.tokenmeter.api;

/**
 * What was spent of a budget has reached a share of its limit.
 *
 * @param budget the budget, as it stood when this was noticed
 * @param percent the threshold that was reached, in percent of the limit
 */
public record BudgetThreshold(Budget budget, int percent) {}
