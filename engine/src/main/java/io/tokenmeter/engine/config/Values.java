package io.tokenmeter.engine.config;

import io.tokenmeter.api.Budget;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What single values look like. Each method says what it expected by its exception's message. */
final class Values {
  private static final Pattern LIMIT =
      Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kKMG]?)\\s*(USD|usd|tokens|token|calls|call)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*(B|KB|MB|GB)");
  private static final int NANO_PLACES = 9;

  private Values() {}

  /**
   * A budget's limit.
   *
   * @param amount tokens, nano-USD or calls
   */
  record Limit(Budget.Unit unit, long amount) {}

  static Limit limit(String text) {
    Matcher matcher = LIMIT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "expected an amount such as \"50 USD\", \"2000000 tokens\", \"2M tokens\" or \"1000 calls\"");
    }
    Budget.Unit unit = unitOf(matcher.group(3));
    boolean usd = unit == Budget.Unit.USD;
    if (usd && !matcher.group(2).isEmpty()) {
      throw new IllegalArgumentException("expected USD in full, such as \"2000 USD\"");
    }
    int places = usd ? NANO_PLACES : placesOf(matcher.group(2));
    try {
      long amount = new BigDecimal(matcher.group(1)).movePointRight(places).longValueExact();
      return new Limit(unit, amount);
    } catch (ArithmeticException tooLargeOrTooFine) {
      throw new IllegalArgumentException(
          usd
              ? "expected at most 9223372036 USD, in whole nano-USD (nine places)"
              : "expected a whole number of tokens or calls, at most " + Long.MAX_VALUE);
    }
  }

  private static Budget.Unit unitOf(String word) {
    return switch (word) {
      case "USD", "usd" -> Budget.Unit.USD;
      case "call", "calls" -> Budget.Unit.CALLS;
      default -> Budget.Unit.TOKENS;
    };
  }

  private static int placesOf(String letter) {
    return switch (letter) {
      case "k", "K" -> 3;
      case "M" -> 6;
      case "G" -> 9;
      default -> 0;
    };
  }

  /** A size in bytes; 1 KB is 1024 bytes. */
  static long size(String text) {
    Matcher matcher = SIZE.matcher(text.toUpperCase(Locale.ROOT));
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw new IllegalArgumentException("expected a size such as \"64 MB\" or \"512 KB\"");
    }
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), bytesOf(matcher.group(2)));
    } catch (ArithmeticException tooLarge) {
      throw new IllegalArgumentException("expected a size below 8 exabytes");
    }
  }

  private static long bytesOf(String unit) {
    return switch (unit) {
      case "KB" -> 1L << 10;
      case "MB" -> 1L << 20;
      case "GB" -> 1L << 30;
      default -> 1;
    };
  }

  static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("expected true or false");
    };
  }

  static Section.Parser<Long> wholeNumber(long min, long max) {
    return text -> {
      if (text.matches("\\d{1,18}")) {
        long number = Long.parseLong(text);
        if (number >= min && number <= max) {
          return number;
        }
      }
      throw new IllegalArgumentException("expected a whole number from " + min + " to " + max);
    };
  }

  /** One of some words. */
  static <T> Section.Parser<T> word(Map<String, T> words) {
    return text -> {
      T value = words.get(text);
      if (value == null) {
        throw new IllegalArgumentException("expected " + alternatives(words));
      }
      return value;
    };
  }

  private static String alternatives(Map<String, ?> words) {
    List<String> all = List.copyOf(words.keySet());
    int last = all.size() - 1;
    return String.join(", ", all.subList(0, last)) + " or " + all.get(last);
  }

  /**
   * Any text.
   *
   * @param what such as "a model's name"
   */
  static Section.Parser<String> text(String what, int maxLength) {
    return text -> {
      if (text.isEmpty()
          || text.length() > maxLength
          || text.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "expected " + what + ", 1 to " + maxLength + " characters without control characters");
      }
      return text;
    };
  }

  static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException unknown) {
      String near =
          Suggestion.nearest(text, ZoneId.getAvailableZoneIds())
              .map(zone -> " (did you mean " + zone + "?)")
              .orElse("");
      throw new IllegalArgumentException(
          "expected a time zone such as UTC or Europe/Berlin" + near);
    }
  }

  static String httpUrl(String text) {
    try {
      URI url = new URI(text);
      if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && url.getHost() != null) {
        return text;
      }
    } catch (URISyntaxException malformed) {
      // said below
    }
    throw new IllegalArgumentException("expected a URL such as http://localhost:4318");
  }
}
