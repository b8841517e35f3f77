/** Counting tokens: speed, loading and memory, beside jtokkit and Hugging Face's tokenizers. */
@NullMarked
package io.tokenmeter.benchmarks.tokenizers;

import org.jspecify.annotations.NullMarked;
