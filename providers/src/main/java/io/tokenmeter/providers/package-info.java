/**
 * The wire dialects of the LLM providers as pure functions: requests, usage and text out of bytes;
 * refusals and rewrites into bytes. No input, however broken, raises an exception: what is not
 * understood is null, "unknown".
 */
@NullMarked
package io.tokenmeter.providers;

import org.jspecify.annotations.NullMarked;
