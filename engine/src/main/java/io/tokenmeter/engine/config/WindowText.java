package io.tokenmeter.engine.config;

import io.tokenmeter.engine.budgets.Window;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Month;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a budget's window looks like: a word, or one with what it begins with or how long it is. */
final class WindowText {
  static final String EXPECTED =
      "expected second, minute, refill hour, refill day, hour, day, week, month, quarter, year,"
          + " lifetime or session; or such as \"week from sunday\", \"year from april\","
          + " \"rolling 24h\" or \"session 30m\"";

  private static final Pattern FROM = Pattern.compile("(week|quarter|year) from ([a-z]+)");
  private static final Pattern LONG = Pattern.compile("(rolling|session) (\\d{1,6}) ?(s|m|h|d)");
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(366);
  private static final Map<String, Window> WORDS = new LinkedHashMap<>();

  static {
    for (Window window :
        new Window[] {
          Window.SECOND,
          Window.MINUTE,
          Window.REFILL_HOUR,
          Window.REFILL_DAY,
          Window.HOUR,
          Window.DAY,
          Window.WEEK,
          Window.MONTH,
          Window.QUARTER,
          Window.YEAR,
          Window.LIFETIME,
          Window.SESSION
        }) {
      WORDS.put(window.name(), window);
    }
  }

  private WindowText() {}

  static Window parse(String text) {
    Window word = WORDS.get(text);
    if (word != null) {
      return word;
    }
    Matcher from = FROM.matcher(text);
    if (from.matches()) {
      return from(from.group(1), from.group(2).toUpperCase(Locale.ROOT));
    }
    Matcher length = LONG.matcher(text);
    if (length.matches()) {
      Duration duration = duration(Long.parseLong(length.group(2)), length.group(3));
      if (duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0) {
        return length.group(1).equals("rolling")
            ? Window.rolling(duration)
            : Window.session(duration);
      }
      throw new IllegalArgumentException("expected a length from 1m to 366d");
    }
    throw new IllegalArgumentException(EXPECTED);
  }

  private static Window from(String what, String start) {
    try {
      return switch (what) {
        case "week" -> Window.week(DayOfWeek.valueOf(start));
        case "quarter" -> Window.quarter(Month.valueOf(start));
        default -> Window.year(Month.valueOf(start));
      };
    } catch (IllegalArgumentException unknown) {
      throw new IllegalArgumentException(
          what.equals("week")
              ? "expected a week from monday, tuesday, and so on"
              : "expected a " + what + " from january, february, and so on");
    }
  }

  private static Duration duration(long amount, String unit) {
    return switch (unit) {
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }
}
