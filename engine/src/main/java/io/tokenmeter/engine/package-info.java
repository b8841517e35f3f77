/**
 * The life of a metered call: {@link io.tokenmeter.engine.Meter} opens an {@link
 * io.tokenmeter.engine.Exchange}, which reserves, is told what the network did, and settles exactly
 * once.
 */
@NullMarked
package io.tokenmeter.engine;

import org.jspecify.annotations.NullMarked;
