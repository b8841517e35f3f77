package io.tokenmeter.engine.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lengths of time as people write them: {@code 90s}, {@code 30m}, {@code 2h}, {@code 7d}, {@code
 * 2w}.
 */
public final class Durations {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(s|m|min|h|d|w)");

  private Durations() {}

  /**
   * @throws IllegalArgumentException if it is none; says what was expected
   */
  public static Duration parse(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("expected a length of time such as 30m, 2h, 7d or 2w");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "h" -> Duration.ofHours(count);
      case "d" -> Duration.ofDays(count);
      case "w" -> Duration.ofDays(7 * count);
      default -> Duration.ofMinutes(count);
    };
  }

  /** Only such as lie in a range, both ends included. */
  static Section.Parser<Duration> between(Duration shortest, Duration longest) {
    return text -> {
      Duration duration = parse(text);
      if (duration.compareTo(shortest) < 0 || duration.compareTo(longest) > 0) {
        throw new IllegalArgumentException(
            "expected a length of time from " + words(shortest) + " to " + words(longest));
      }
      return duration;
    };
  }

  private static String words(Duration duration) {
    return duration.toDays() > 0 ? duration.toDays() + "d" : duration.toSeconds() + "s";
  }
}
