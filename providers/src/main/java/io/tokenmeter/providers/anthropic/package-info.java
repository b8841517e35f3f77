/** The dialect of Anthropic: messages. */
@NullMarked
package io.tokenmeter.providers.anthropic;

import org.jspecify.annotations.NullMarked;
