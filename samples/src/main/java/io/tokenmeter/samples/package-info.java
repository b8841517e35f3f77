/** Programs as a user would write them. None of them knows that it is metered. */
@NullMarked
package io.tokenmeter.samples;

import org.jspecify.annotations.NullMarked;
