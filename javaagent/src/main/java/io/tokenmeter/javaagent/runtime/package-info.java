/** What the seams of all application class loaders share. */
@NullMarked
package io.tokenmeter.javaagent.runtime;

import org.jspecify.annotations.NullMarked;
