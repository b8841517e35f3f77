/**
 * The dialects of OpenAI, which most other providers speak too: chat completions, responses, legacy
 * completions, embeddings.
 */
@NullMarked
package io.tokenmeter.providers.openai;

import org.jspecify.annotations.NullMarked;
