/** What tokens cost: a dated table and the user's overrides over it. */
@NullMarked
package io.tokenmeter.engine.prices;

import org.jspecify.annotations.NullMarked;
