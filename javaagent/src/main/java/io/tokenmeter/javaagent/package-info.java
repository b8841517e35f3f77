/** The agent's start, inside its own class loader. */
@NullMarked
package io.tokenmeter.javaagent;

import org.jspecify.annotations.NullMarked;
