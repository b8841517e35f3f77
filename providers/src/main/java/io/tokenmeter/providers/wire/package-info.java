/**
 * What the dialects share: JSON pulled out of a request, JSON and server-sent events pushed through
 * as a response passes by, edits of a request's bytes. Internal to {@code io.tokenmeter.providers}.
 */
@NullMarked
package io.tokenmeter.providers.wire;

import org.jspecify.annotations.NullMarked;
