/**
 * How many tokens is that? Text encodings, counters for streams, and the rules by which providers
 * count whole requests. Depends on nothing else of tokenmeter.
 */
@NullMarked
package io.tokenmeter.tokenizers;

import org.jspecify.annotations.NullMarked;
