package io.tokenmeter.engine.prices;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What one token of each class costs. Immutable.
 *
 * <p>A class that states no price of its own costs what the nearest class does:
 *
 * <ul>
 *   <li>cache reads, five-minute cache writes, audio input and tool input cost what uncached input
 *       does;
 *   <li>one-hour cache writes cost 1.6 times the five-minute ones where those state a price (the
 *       ratio that Anthropic publishes: 2 times against 1.25 times the input price), else what
 *       uncached input does;
 *   <li>output costs what input does (only embeddings state no price for it, and have none);
 *   <li>reasoning and audio output cost what output does.
 * </ul>
 */
public final class UnitPrices {
  private static final TokenClass[] CLASSES = TokenClass.values();

  /** A price of 1 USD per million tokens is so many pico-USD a token. */
  private static final int PICO_USD_PER_TOKEN_PLACES = 6;

  private static final long PICO_PER_NANO = 1000;

  private final long[] picoUsd;

  private UnitPrices(long[] picoUsd) {
    this.picoUsd = picoUsd;
  }

  /**
   * Reads prices as they stand in the table and the configuration.
   *
   * @param usdPerMillion USD per million tokens as decimal strings, by {@link TokenClass#label()}
   * @throws IllegalArgumentException if a label is unknown, {@code uncached_input} is missing, or a
   *     price is no decimal number from 0 to 9,000,000,000 with at most six places; the message
   *     names the label
   */
  public static UnitPrices parse(Map<String, String> usdPerMillion) {
    long[] own = new long[CLASSES.length];
    Arrays.fill(own, -1);
    usdPerMillion.forEach((label, price) -> own[classOf(label).ordinal()] = pico(label, price));
    long input = own[TokenClass.UNCACHED_INPUT.ordinal()];
    if (input < 0) {
      throw new IllegalArgumentException("states no price for uncached_input");
    }
    return new UnitPrices(withFallbacks(own, input));
  }

  private static TokenClass classOf(String label) {
    for (TokenClass tokenClass : CLASSES) {
      if (tokenClass.label().equals(label)) {
        return tokenClass;
      }
    }
    throw new IllegalArgumentException("knows no token class '" + label + "'");
  }

  private static long pico(String label, String price) {
    try {
      return picoUsdPerToken(price);
    } catch (IllegalArgumentException unfit) {
      throw new IllegalArgumentException(
          label + ": " + unfit.getMessage() + ", but was '" + price + "'", unfit);
    }
  }

  /**
   * A price in pico-USD a token.
   *
   * @param price USD per million tokens, as a decimal string
   * @throws IllegalArgumentException if it is no price; says what was expected
   */
  public static long picoUsdPerToken(String price) {
    try {
      BigDecimal usd = new BigDecimal(price);
      if (usd.signum() >= 0 && usd.precision() - usd.scale() <= 9) {
        return usd.movePointRight(PICO_USD_PER_TOKEN_PLACES).longValueExact();
      }
    } catch (NumberFormatException notANumber) {
      // said below
    } catch (ArithmeticException tooFine) {
      // said below
    }
    throw new IllegalArgumentException(
        "expected USD per million tokens such as \"2.50\", with at most six places");
  }

  private static long[] withFallbacks(long[] own, long input) {
    long fiveMinutes = own[TokenClass.CACHE_WRITE_5M.ordinal()];
    long oneHour = fiveMinutes < 0 ? input : (fiveMinutes * 8 + 4) / 5;
    long output = own[TokenClass.OUTPUT.ordinal()];
    long[] prices = new long[own.length];
    for (TokenClass tokenClass : CLASSES) {
      long price = own[tokenClass.ordinal()];
      prices[tokenClass.ordinal()] =
          price >= 0
              ? price
              : switch (tokenClass) {
                case CACHE_WRITE_1H -> oneHour;
                case REASONING, AUDIO_OUTPUT -> output < 0 ? input : output;
                case UNCACHED_INPUT, AUDIO_INPUT, CACHE_READ, CACHE_WRITE_5M, TOOL_INPUT, OUTPUT ->
                    input;
              };
    }
    return prices;
  }

  /** For every class the higher of both prices. */
  UnitPrices max(UnitPrices other) {
    long[] dearest = picoUsd.clone();
    for (int i = 0; i < dearest.length; i++) {
      dearest[i] = Math.max(dearest[i], other.picoUsd[i]);
    }
    return new UnitPrices(dearest);
  }

  /** USD per million tokens of a class, without trailing zeros. */
  public BigDecimal usdPerMillion(TokenClass tokenClass) {
    BigDecimal usd =
        BigDecimal.valueOf(picoUsd[tokenClass.ordinal()], PICO_USD_PER_TOKEN_PLACES)
            .stripTrailingZeros();
    return usd.scale() < 0 ? usd.setScale(0) : usd;
  }

  /**
   * What a usage costs. A class's share is what the running total grows by, so the shares sum up to
   * the total, which alone is rounded. At most {@link Long#MAX_VALUE}.
   */
  Cost cost(Usage usage) {
    Map<TokenClass, Long> shares = new EnumMap<>(TokenClass.class);
    long pico = 0;
    long nano = 0;
    for (TokenClass tokenClass : CLASSES) {
      long tokens = usage.tokens(tokenClass);
      if (tokens > 0) {
        long price = picoUsd[tokenClass.ordinal()];
        long amount = tokens * price;
        pico += amount;
        if (amount < 0 || pico < 0 || Math.multiplyHigh(tokens, price) != 0) {
          return hugeCost(usage);
        }
        long nanoBefore = nano;
        nano = pico / PICO_PER_NANO + (pico % PICO_PER_NANO == 0 ? 0 : 1);
        shares.put(tokenClass, nano - nanoBefore);
      }
    }
    return new Cost(nano, Collections.unmodifiableMap(shares));
  }

  /** The same beyond what a long holds in pico-USD, about 9 million USD. */
  private Cost hugeCost(Usage usage) {
    Map<TokenClass, Long> shares = new EnumMap<>(TokenClass.class);
    BigInteger pico = BigInteger.ZERO;
    long nano = 0;
    for (TokenClass tokenClass : CLASSES) {
      long tokens = usage.tokens(tokenClass);
      if (tokens > 0) {
        BigInteger price = BigInteger.valueOf(picoUsd[tokenClass.ordinal()]);
        pico = pico.add(BigInteger.valueOf(tokens).multiply(price));
        long nanoBefore = nano;
        nano = saturatedNano(pico);
        shares.put(tokenClass, nano - nanoBefore);
      }
    }
    return new Cost(nano, Collections.unmodifiableMap(shares));
  }

  private static long saturatedNano(BigInteger pico) {
    BigInteger nano = new BigDecimal(pico, 3).setScale(0, RoundingMode.CEILING).toBigInteger();
    return nano.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
  }
}
