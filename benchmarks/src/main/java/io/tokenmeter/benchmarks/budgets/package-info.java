/**
 * What a reservation in the budgets costs, beside Bucket4j; and whether budgets hold under stress.
 */
@NullMarked
package io.tokenmeter.benchmarks.budgets;

import org.jspecify.annotations.NullMarked;
