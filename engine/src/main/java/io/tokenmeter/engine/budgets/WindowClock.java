package io.tokenmeter.engine.budgets;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import org.jspecify.annotations.Nullable;

/**
 * Which calendar window a moment falls into. Windows begin when the zone's clocks say so, so that a
 * day may have 23 or 25 hours. The number of a day, and of what is longer, goes by the calendar and
 * not by seconds: two processes with different time-zone data still mean the same day.
 *
 * <p>An hour begins when the zone's clocks show a full hour, or are set. An hour that is repeated
 * is two windows; where clocks are set by half an hour, one window has half an hour.
 */
final class WindowClock {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long MINUTE_MILLIS = 60_000;
  private static final int MONTHS = 12;
  private static final int QUARTER_MONTHS = 3;
  private static final Span ALWAYS = new Span(0, Long.MIN_VALUE, Long.MAX_VALUE);

  private final Window window;
  private final ZoneId zone;
  private volatile Span current;

  WindowClock(Window window, ZoneId zone) {
    this.window = window;
    this.zone = zone;
    this.current = window.isCalendar() ? new Span(0, 0, 0) : ALWAYS;
  }

  /**
   * One window.
   *
   * @param number days since the epoch of its first day; of an hour, minutes since the epoch
   * @param start inclusive, epoch ms
   * @param end exclusive, epoch ms
   */
  record Span(long number, long start, long end) {
    boolean contains(long millis) {
      return start <= millis && millis < end;
    }
  }

  /** The window of a moment, epoch ms; of a window without a calendar, all time. */
  Span at(long millis) {
    Span span = current;
    if (!span.contains(millis)) {
      span = window.kind() == Window.Kind.HOUR ? hour(millis) : days(millis);
      current = span;
    }
    return span;
  }

  private Span hour(long millis) {
    ZoneRules rules = zone.getRules();
    Instant moment = Instant.ofEpochMilli(millis);
    long offset = rules.getOffset(moment).getTotalSeconds() * 1_000L;
    long start = Math.floorDiv(millis + offset, HOUR_MILLIS) * HOUR_MILLIS - offset;
    long end = start + HOUR_MILLIS;
    ZoneOffsetTransition before = rules.previousTransition(moment.plusMillis(1));
    ZoneOffsetTransition after = rules.nextTransition(moment);
    start = Math.max(start, millis(before, start));
    return new Span(Math.floorDiv(start, MINUTE_MILLIS), start, Math.min(end, millis(after, end)));
  }

  private static long millis(@Nullable ZoneOffsetTransition transition, long none) {
    return transition == null ? none : transition.getInstant().toEpochMilli();
  }

  private Span days(long millis) {
    LocalDate day = LocalDate.ofInstant(Instant.ofEpochMilli(millis), zone);
    LocalDate first =
        switch (window.kind()) {
          case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.of(window.start())));
          case MONTH -> day.withDayOfMonth(1);
          case QUARTER -> firstOfMonths(day, QUARTER_MONTHS);
          case YEAR -> firstOfMonths(day, MONTHS);
          case HOUR, DAY, REFILL, ROLLING, LIFETIME, SESSION -> day;
        };
    LocalDate next =
        switch (window.kind()) {
          case WEEK -> first.plusWeeks(1);
          case MONTH -> first.plusMonths(1);
          case QUARTER -> first.plusMonths(QUARTER_MONTHS);
          case YEAR -> first.plusMonths(MONTHS);
          case HOUR, DAY, REFILL, ROLLING, LIFETIME, SESSION -> first.plusDays(1);
        };
    return new Span(first.toEpochDay(), millis(first), millis(next));
  }

  private LocalDate firstOfMonths(LocalDate day, int length) {
    int into = Math.floorMod(day.getMonthValue() - window.start(), length);
    return day.withDayOfMonth(1).minusMonths(into);
  }

  private long millis(LocalDate day) {
    return day.atStartOfDay(zone).toInstant().toEpochMilli();
  }
}
