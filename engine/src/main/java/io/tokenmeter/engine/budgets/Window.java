package io.tokenmeter.engine.budgets;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Month;
import java.util.Locale;

/**
 * Over what time a budget's limit holds.
 *
 * @param kind what it is
 * @param name as it is written in a configuration, such as {@code day} or {@code rolling 24h}
 * @param length of a bucket, in what time its limit flows in; of a rolling window, its length; of a
 *     session, after what idle time it is over; else zero
 * @param start the number of the day with which a week begins (1 is Monday), or of the month with
 *     which the fiscal year begins (1 is January); else 1
 */
public record Window(Kind kind, String name, Duration length, int start) {
  /** A bucket that is refilled evenly within a second. */
  public static final Window SECOND = refill("second", Duration.ofSeconds(1));

  /** A bucket that is refilled evenly within a minute. */
  public static final Window MINUTE = refill("minute", Duration.ofMinutes(1));

  /** A bucket that is refilled evenly within an hour. */
  public static final Window REFILL_HOUR = refill("refill hour", Duration.ofHours(1));

  /** A bucket that is refilled evenly within 24 hours. */
  public static final Window REFILL_DAY = refill("refill day", Duration.ofDays(1));

  /** An hour as the zone's clocks show it. */
  public static final Window HOUR = calendar(Kind.HOUR);

  /** A calendar day in the zone. */
  public static final Window DAY = calendar(Kind.DAY);

  /** A calendar week in the zone, from Monday on. */
  public static final Window WEEK = calendar(Kind.WEEK);

  /** A calendar month in the zone. */
  public static final Window MONTH = calendar(Kind.MONTH);

  /** A quarter of the calendar year. */
  public static final Window QUARTER = calendar(Kind.QUARTER);

  /** A calendar year. */
  public static final Window YEAR = calendar(Kind.YEAR);

  /** For ever. */
  public static final Window LIFETIME = new Window(Kind.LIFETIME, "lifetime", Duration.ZERO, 1);

  /** A session that is over when it was not used for a day. */
  public static final Window SESSION = new Window(Kind.SESSION, "session", Duration.ofDays(1), 1);

  /** What kind of window it is. */
  public enum Kind {
    /** A bucket that refills evenly. */
    REFILL,
    /** An hour of the calendar. */
    HOUR,
    /** A day of the calendar. */
    DAY,
    /** A week of the calendar. */
    WEEK,
    /** A month of the calendar. */
    MONTH,
    /** Three months, counted from the month with which the fiscal year begins. */
    QUARTER,
    /** Twelve months, from the month with which the fiscal year begins. */
    YEAR,
    /** Any stretch of time of a length. */
    ROLLING,
    /** All the time there is. */
    LIFETIME,
    /** As long as calls name the same session, and not too far apart. */
    SESSION
  }

  /** A week that begins with another day than Monday. */
  public static Window week(DayOfWeek start) {
    return calendar(Kind.WEEK, start.name(), start.getValue());
  }

  /** A quarter of a fiscal year that begins with a month. */
  public static Window quarter(Month start) {
    return calendar(Kind.QUARTER, start.name(), start.getValue());
  }

  /** A fiscal year that begins with a month. */
  public static Window year(Month start) {
    return calendar(Kind.YEAR, start.name(), start.getValue());
  }

  /** Any stretch of time of a length. It is reckoned in 24 steps, and up to one step longer. */
  public static Window rolling(Duration length) {
    return new Window(Kind.ROLLING, "rolling " + text(length), length, 1);
  }

  /** A session that is over when it was not used for some time. */
  public static Window session(Duration idle) {
    return idle.equals(SESSION.length)
        ? SESSION
        : new Window(Kind.SESSION, "session " + text(idle), idle, 1);
  }

  private static Window refill(String name, Duration period) {
    return new Window(Kind.REFILL, name, period, 1);
  }

  private static Window calendar(Kind kind) {
    return new Window(kind, kind.name().toLowerCase(Locale.ROOT), Duration.ZERO, 1);
  }

  private static Window calendar(Kind kind, String startName, int start) {
    String name = kind.name() + (start == 1 ? "" : " from " + startName);
    return new Window(kind, name.toLowerCase(Locale.ROOT), Duration.ZERO, start);
  }

  /** In the largest unit that it is a whole number of. */
  private static String text(Duration length) {
    long seconds = length.toSeconds();
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  /** Whether its beginning and end are the calendar's, so that a zone matters. */
  public boolean isCalendar() {
    return switch (kind) {
      case HOUR, DAY, WEEK, MONTH, QUARTER, YEAR -> true;
      case REFILL, ROLLING, LIFETIME, SESSION -> false;
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
