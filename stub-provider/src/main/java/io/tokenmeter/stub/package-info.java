/**
 * Model providers on loopback: answers shaped like OpenAI's, Anthropic's and Gemini's, with
 * whatever usage the caller scripts, and a count of what was really asked of them.
 */
@NullMarked
package io.tokenmeter.stub;

import org.jspecify.annotations.NullMarked;
