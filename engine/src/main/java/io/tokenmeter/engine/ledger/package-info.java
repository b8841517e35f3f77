/** The shared-memory file in which all processes of a host debit the same rows. */
@NullMarked
package io.tokenmeter.engine.ledger;

import org.jspecify.annotations.NullMarked;
