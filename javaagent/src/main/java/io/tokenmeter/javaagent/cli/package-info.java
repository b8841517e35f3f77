/** {@code java -jar tokenmeter.jar}: the command line. */
@NullMarked
package io.tokenmeter.javaagent.cli;

import org.jspecify.annotations.NullMarked;
