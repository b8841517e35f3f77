/** The HTTP clients inside openai-java and anthropic-java, above their retry loop. */
@NullMarked
package io.tokenmeter.javaagent.seams.stainless;

import org.jspecify.annotations.NullMarked;
