/** OkHttp 3.14, 4 and 5: calls as they enter the chain of interceptors. */
@NullMarked
package io.tokenmeter.javaagent.seams.okhttp;

import org.jspecify.annotations.NullMarked;
