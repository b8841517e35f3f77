package io.tokenmeter.javaagent.cli;

import io.tokenmeter.api.Budget;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;

/** Amounts as people read them. */
final class Amounts {
  private static final int NANO_PLACES = 9;
  private static final int SHOWN_PLACES = 4;

  private Amounts() {}

  /** {@code 12.50 USD}, {@code 2,000,000 tokens} or {@code 50 calls}. */
  static String of(long amount, Budget.Unit unit) {
    return switch (unit) {
      case TOKENS -> tokens(amount);
      case USD -> usd(amount);
      case CALLS -> calls(amount);
    };
  }

  static String tokens(long tokens) {
    return String.format(Locale.ROOT, "%,d tokens", tokens);
  }

  static String calls(long calls) {
    return String.format(Locale.ROOT, calls == 1 ? "%,d call" : "%,d calls", calls);
  }

  /** At least two places, at most four; what is less than that is rounded away from zero. */
  static String usd(long nanoUsd) {
    BigDecimal shown = exactUsd(nanoUsd).setScale(SHOWN_PLACES, RoundingMode.UP);
    return plain(shown) + " USD";
  }

  /** All nine places where they are not zero. */
  static String usdInFull(long nanoUsd) {
    return plain(exactUsd(nanoUsd)) + " USD";
  }

  static BigDecimal exactUsd(long nanoUsd) {
    return BigDecimal.valueOf(nanoUsd, NANO_PLACES);
  }

  private static String plain(BigDecimal usd) {
    BigDecimal stripped = usd.stripTrailingZeros();
    return String.format(Locale.ROOT, "%,." + Math.max(2, stripped.scale()) + "f", stripped);
  }

  /** {@code 3 d 4 h}, {@code 12 min}: the two largest units. */
  static String duration(Duration duration) {
    if (duration.toMinutes() < 1) {
      return Math.max(0, duration.toSeconds()) + " s";
    }
    if (duration.toHours() < 1) {
      return duration.toMinutes() + " min";
    }
    return duration.toDays() < 1
        ? duration.toHours() + " h " + duration.toMinutesPart() + " min"
        : duration.toDays() + " d " + duration.toHoursPart() + " h";
  }
}
