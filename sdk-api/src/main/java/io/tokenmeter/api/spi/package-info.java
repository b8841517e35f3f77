/** What an engine implements to serve the API. Applications do not need this package. */
@NullMarked
package io.tokenmeter.api.spi;

import org.jspecify.annotations.NullMarked;
