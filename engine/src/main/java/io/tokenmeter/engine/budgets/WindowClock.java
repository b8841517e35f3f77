package io.tokenmeter.engine.budgets;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * Which calendar window a moment falls into. Days and months begin when the zone's clocks say so,
 * so that a day may have 23 or 25 hours. The number of a window goes by the calendar and not by
 * seconds: two processes with different time-zone data still mean the same day.
 */
final class WindowClock {
  private final BudgetRule.Window window;
  private final ZoneId zone;
  private volatile Span current = new Span(0, 0, 0);

  WindowClock(BudgetRule.Window window, ZoneId zone) {
    this.window = window;
    this.zone = zone;
  }

  /**
   * One window.
   *
   * @param number days since the epoch of its first day
   * @param start inclusive, epoch ms
   * @param end exclusive, epoch ms
   */
  record Span(long number, long start, long end) {
    boolean contains(long millis) {
      return start <= millis && millis < end;
    }
  }

  /** The window of a moment, epoch ms. */
  Span at(long millis) {
    Span span = current;
    if (!span.contains(millis)) {
      span = compute(millis);
      current = span;
    }
    return span;
  }

  private Span compute(long millis) {
    LocalDate day = LocalDate.ofInstant(Instant.ofEpochMilli(millis), zone);
    LocalDate first = window == BudgetRule.Window.MONTH ? day.withDayOfMonth(1) : day;
    LocalDate next = window == BudgetRule.Window.MONTH ? first.plusMonths(1) : first.plusDays(1);
    return new Span(first.toEpochDay(), millis(first), millis(next));
  }

  private long millis(LocalDate day) {
    return day.atStartOfDay(zone).toInstant().toEpochMilli();
  }
}
