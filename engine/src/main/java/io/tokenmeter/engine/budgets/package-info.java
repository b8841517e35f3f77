/** Policy: which budgets a call falls under and whether all of them can pay. */
@NullMarked
package io.tokenmeter.engine.budgets;

import org.jspecify.annotations.NullMarked;
