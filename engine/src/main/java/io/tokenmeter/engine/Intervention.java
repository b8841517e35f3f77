package io.tokenmeter.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the budgets changed about a call.
 *
 * @param sentModel the model that it was sent to in place of the one asked for; null if it was that
 *     one
 * @param maxOutputTokens the limit to one answer that was written into the request; null if the
 *     request was left as it was
 * @param waited how long it waited for a budget
 */
public record Intervention(
    @Nullable String sentModel, @Nullable Long maxOutputTokens, Duration waited) {
  /** The call went out as it was made, at once. */
  public static final Intervention NONE = new Intervention(null, null, Duration.ZERO);
}
