/** The dialects of Gemini, on Google's AI Studio and on Vertex AI. */
@NullMarked
package io.tokenmeter.providers.gemini;

import org.jspecify.annotations.NullMarked;
