/** Who pays for a call. */
@NullMarked
package io.tokenmeter.engine.attribution;

import org.jspecify.annotations.NullMarked;
