/** The JDK's {@code java.net.http.HttpClient}. */
@NullMarked
package io.tokenmeter.javaagent.seams.jdk;

import org.jspecify.annotations.NullMarked;
