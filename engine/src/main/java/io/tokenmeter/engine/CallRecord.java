package io.tokenmeter.engine;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.prices.Cost;
import io.tokenmeter.tokenizers.InputEstimate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call after its end: everything that telemetry, logs and alerts may know of it. Holds no text
 * of prompts, answers or keys.
 *
 * @param start when the seam saw it
 * @param duration until it was settled
 * @param timeToFirstChunk null unless the answer was streamed and one arrived
 * @param chunks content events of the stream
 * @param seam which seam saw it; {@code api} for reservations made in code
 * @param provider as in {@code gen_ai.provider.name}
 * @param operation as in {@code gen_ai.operation.name}
 * @param requestModel the model that was asked for
 * @param responseModel the model that answered, null if it did not say
 * @param responseId the provider's id
 * @param finishReasons as on the wire
 * @param streaming whether a stream was asked for
 * @param serverAddress the host that was called; empty for reservations made in code
 * @param serverPort its port; 0 for reservations made in code
 * @param decision what the budgets said
 * @param budget the budget that refused or would have, null if none did
 * @param inputEstimate what the request was counted to before it was sent; null if it was not
 * @param usage what it used; null if unknown or if nothing was sent
 * @param usageReported whether {@code usage} is the provider's own figure; otherwise counted
 *     locally
 * @param cost null if the model has no price, or usage is unknown
 * @param httpStatus 0 if there was no response
 * @param error a short, low-cardinality type ({@code 429}, {@code
 *     java.net.SocketTimeoutException}); null if the call succeeded
 * @param attribution who pays
 */
public record CallRecord(
    Instant start,
    Duration duration,
    @Nullable Duration timeToFirstChunk,
    long chunks,
    String seam,
    String provider,
    String operation,
    String requestModel,
    @Nullable String responseModel,
    @Nullable String responseId,
    List<String> finishReasons,
    boolean streaming,
    String serverAddress,
    int serverPort,
    Decision decision,
    @Nullable String budget,
    @Nullable InputEstimate inputEstimate,
    @Nullable Usage usage,
    boolean usageReported,
    @Nullable Cost cost,
    int httpStatus,
    @Nullable String error,
    Map<String, String> attribution) {

  /** Input tokens as they were estimated before the call; null if they were not. */
  public @Nullable Long estimatedInputTokens() {
    return inputEstimate == null ? null : (Long) inputEstimate.tokens();
  }

  /**
   * The provider's figure for what was estimated: all that was sent, cached or not, without what
   * tools of the provider read meanwhile.
   *
   * @return null if the provider reported none, or if the request was not counted here
   */
  public @Nullable Long reportedInputTokens() {
    if (!usageReported
        || usage == null
        || !usage.isKnown(TokenClass.UNCACHED_INPUT)
        || inputEstimate == null
        || !inputEstimate.isCounted()) {
      return null;
    }
    long tokens = usage.inputTokens() - usage.tokens(TokenClass.TOOL_INPUT);
    return tokens > 0 ? (Long) tokens : null;
  }
}
