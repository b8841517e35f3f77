/** The agent's own log lines, on standard error. */
@NullMarked
package io.tokenmeter.javaagent.log;

import org.jspecify.annotations.NullMarked;
