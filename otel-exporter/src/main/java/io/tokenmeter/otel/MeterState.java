package io.tokenmeter.otel;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.BudgetRule;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What telemetry asks the meter for. All suppliers are called on the metric reader's threads,
 * perhaps by several at a time.
 *
 * @param version the meter's own version
 * @param budgets every budget as it stands
 * @param rules the configured budgets; they change when the configuration is reloaded
 * @param priceTableAgeSeconds since the day whose prices the table has
 * @param internalErrors faults inside the meter since the start
 */
record MeterState(
    String version,
    Supplier<List<Budget>> budgets,
    Supplier<List<BudgetRule>> rules,
    LongSupplier priceTableAgeSeconds,
    LongSupplier internalErrors) {}
