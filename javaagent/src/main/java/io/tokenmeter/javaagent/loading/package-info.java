/**
 * Class loaders between the agent and the application's libraries, and what keeps them from
 * leaking.
 */
@NullMarked
package io.tokenmeter.javaagent.loading;

import org.jspecify.annotations.NullMarked;
