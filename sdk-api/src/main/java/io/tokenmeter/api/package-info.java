/**
 * What an application compiles against: reserve what a call may cost, settle what it did cost, ask
 * what is left, and say who pays.
 *
 * <p>The same code runs in three places: under the tokenmeter agent, with the embedded engine on
 * the class path, and with neither, where nothing is metered and one log line says so. See {@link
 * io.tokenmeter.api.TokenMeter}.
 */
@NullMarked
package io.tokenmeter.api;

import org.jspecify.annotations.NullMarked;
