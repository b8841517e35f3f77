/** Class loaders between the agent and the application's libraries. */
@NullMarked
package io.tokenmeter.javaagent.loading;

import org.jspecify.annotations.NullMarked;
