/** What was spent in windows that have closed: a line for each, for good. */
@NullMarked
package io.tokenmeter.engine.statements;

import org.jspecify.annotations.NullMarked;
