package io.tokenmeter.api;

import static java.util.Objects.requireNonNull;

import io.tokenmeter.api.spi.Protocol;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is to be reserved; ends with {@link #reserve()}. Not thread-safe.
 *
 * <p>State the input as a number of tokens or as the text itself, which is counted locally and not
 * kept. Without {@link #maxOutputTokens} the configured default for the model is held.
 */
public final class ReservationRequest {
  private final TokenMeter meter;
  private final Map<String, Object> arguments = new LinkedHashMap<>();
  private Attribution attribution = Attribution.empty();

  ReservationRequest(TokenMeter meter, String provider, String model) {
    this.meter = meter;
    arguments.put(Protocol.PROVIDER, requireNonNull(provider, "provider"));
    arguments.put(Protocol.MODEL, requireNonNull(model, "model"));
  }

  /**
   * The tokens that will be sent.
   *
   * @throws IllegalArgumentException if negative
   */
  public ReservationRequest inputTokens(long tokens) {
    arguments.put(Protocol.INPUT_TOKENS, requireNotNegative("inputTokens", tokens));
    return this;
  }

  /** The text that will be sent, to be counted with the model's tokenizer. */
  public ReservationRequest inputText(String text) {
    arguments.put(Protocol.INPUT_TEXT, requireNonNull(text, "text"));
    return this;
  }

  /**
   * The most tokens that may come back.
   *
   * @throws IllegalArgumentException if negative
   */
  public ReservationRequest maxOutputTokens(long tokens) {
    arguments.put(Protocol.MAX_OUTPUT_TOKENS, requireNotNegative("maxOutputTokens", tokens));
    return this;
  }

  /** Who pays, laid over the thread's {@linkplain Attribution#current() current attribution}. */
  public ReservationRequest attribution(Attribution attribution) {
    this.attribution = requireNonNull(attribution, "attribution");
    return this;
  }

  /**
   * Holds the amount in every budget that matches, or in none.
   *
   * @throws BudgetExceededException if a hard budget cannot pay
   */
  public Reservation reserve() {
    try (Attribution.Scope scope = attribution.makeCurrent()) {
      arguments.put(Protocol.ATTRIBUTION, Attribution.current().asMap());
    }
    return meter.reserve(arguments);
  }

  private static Long requireNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must be at least 0, but was " + value);
    }
    return value;
  }
}
