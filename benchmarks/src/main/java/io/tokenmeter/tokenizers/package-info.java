/** What the benchmarks need of the tokenizers beyond their public face. */
@NullMarked
package io.tokenmeter.tokenizers;

import org.jspecify.annotations.NullMarked;
