package io.tokenmeter.engine.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.Month;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WindowClockTest {
  private static Window window(String name) {
    return switch (name) {
      case "HOUR" -> Window.HOUR;
      case "DAY" -> Window.DAY;
      case "WEEK" -> Window.WEEK;
      case "SUNDAY WEEK" -> Window.week(DayOfWeek.SUNDAY);
      case "MONTH" -> Window.MONTH;
      case "QUARTER" -> Window.QUARTER;
      case "FEBRUARY QUARTER" -> Window.quarter(Month.FEBRUARY);
      case "YEAR" -> Window.YEAR;
      case "APRIL YEAR" -> Window.year(Month.APRIL);
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @CsvSource({
    // A plain day, both of its edges.
    "DAY, UTC, 2026-10-31T00:00:00Z, 2026-10-31T00:00:00Z, 2026-11-01T00:00:00Z",
    "DAY, UTC, 2026-10-31T23:59:59.999Z, 2026-10-31T00:00:00Z, 2026-11-01T00:00:00Z",
    // 23 and 25 hours.
    "DAY, Europe/Berlin, 2026-03-29T12:00:00Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
    "DAY, Europe/Berlin, 2026-10-25T12:00:00Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
    // Midnight does not exist: the day begins at one.
    "DAY, Africa/Cairo, 2026-04-24T12:00:00Z, 2026-04-23T22:00:00Z, 2026-04-24T21:00:00Z",
    // A day that was left out: Samoa went from the 29th to the 31st.
    "DAY, Pacific/Apia, 2011-12-30T09:00:00Z, 2011-12-29T10:00:00Z, 2011-12-30T10:00:00Z",
    "DAY, Asia/Kolkata, 2026-01-01T00:00:00Z, 2025-12-31T18:30:00Z, 2026-01-01T18:30:00Z",
    // Hours of zones that are off by a half or three quarters.
    "HOUR, Asia/Kolkata, 2026-01-01T00:10:00Z, 2025-12-31T23:30:00Z, 2026-01-01T00:30:00Z",
    "HOUR, Asia/Kathmandu, 2026-01-01T00:10:00Z, 2025-12-31T23:15:00Z, 2026-01-01T00:15:00Z",
    // The hour that is repeated is two windows.
    "HOUR, Europe/Berlin, 2026-10-25T00:30:00Z, 2026-10-25T00:00:00Z, 2026-10-25T01:00:00Z",
    "HOUR, Europe/Berlin, 2026-10-25T01:30:00Z, 2026-10-25T01:00:00Z, 2026-10-25T02:00:00Z",
    // Lord Howe sets its clocks by half an hour: back at 2:00 to 1:30, on at 2:00 to 2:30.
    "HOUR, Australia/Lord_Howe, 2026-04-04T14:30:00Z, 2026-04-04T14:00:00Z, 2026-04-04T15:00:00Z",
    "HOUR, Australia/Lord_Howe, 2026-04-04T15:10:00Z, 2026-04-04T15:00:00Z, 2026-04-04T15:30:00Z",
    "HOUR, Australia/Lord_Howe, 2026-10-03T15:40:00Z, 2026-10-03T15:30:00Z, 2026-10-03T16:00:00Z",
    "WEEK, UTC, 2026-11-25T12:00:00Z, 2026-11-23T00:00:00Z, 2026-11-30T00:00:00Z",
    "WEEK, UTC, 2027-01-01T12:00:00Z, 2026-12-28T00:00:00Z, 2027-01-04T00:00:00Z",
    "WEEK, Europe/Berlin, 2026-10-25T23:30:00Z, 2026-10-25T23:00:00Z, 2026-11-01T23:00:00Z",
    "SUNDAY WEEK, UTC, 2026-11-25T12:00:00Z, 2026-11-22T00:00:00Z, 2026-11-29T00:00:00Z",
    "QUARTER, UTC, 2026-11-25T12:00:00Z, 2026-10-01T00:00:00Z, 2027-01-01T00:00:00Z",
    "FEBRUARY QUARTER, UTC, 2026-01-31T12:00:00Z, 2025-11-01T00:00:00Z, 2026-02-01T00:00:00Z",
    "FEBRUARY QUARTER, UTC, 2026-02-01T12:00:00Z, 2026-02-01T00:00:00Z, 2026-05-01T00:00:00Z",
    "YEAR, Asia/Tokyo, 2026-11-25T12:00:00Z, 2025-12-31T15:00:00Z, 2026-12-31T15:00:00Z",
    "APRIL YEAR, UTC, 2026-03-31T12:00:00Z, 2025-04-01T00:00:00Z, 2026-04-01T00:00:00Z",
    "APRIL YEAR, UTC, 2026-04-01T00:00:00Z, 2026-04-01T00:00:00Z, 2027-04-01T00:00:00Z",
    "MONTH, UTC, 2028-02-29T23:00:00Z, 2028-02-01T00:00:00Z, 2028-03-01T00:00:00Z",
    "MONTH, UTC, 2027-12-31T23:59:59Z, 2027-12-01T00:00:00Z, 2028-01-01T00:00:00Z",
    "MONTH, America/New_York, 2026-11-01T03:59:59Z, 2026-10-01T04:00:00Z, 2026-11-01T04:00:00Z",
    "MONTH, America/New_York, 2026-11-01T04:00:00Z, 2026-11-01T04:00:00Z, 2026-12-01T05:00:00Z",
  })
  void at_anyMoment_isInTheCalendarWindowOfItsZone(
      String name, String zone, Instant moment, Instant start, Instant end) {
    WindowClock clock = new WindowClock(window(name), ZoneId.of(zone));
    WindowClock.Span span = clock.at(moment.toEpochMilli());

    assertThat(Instant.ofEpochMilli(span.start())).isEqualTo(start);
    assertThat(Instant.ofEpochMilli(span.end())).isEqualTo(end);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HOUR",
        "DAY",
        "WEEK",
        "SUNDAY WEEK",
        "MONTH",
        "QUARTER",
        "FEBRUARY QUARTER",
        "YEAR",
        "APRIL YEAR"
      })
  void at_everyQuarterOfAnHourOfTwoYears_followsWithoutGapAndCountsUp(String name) {
    for (String zone :
        new String[] {
          "America/Sao_Paulo", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"
        }) {
      WindowClock clock = new WindowClock(window(name), ZoneId.of(zone));
      long quarterHour = 900_000;
      long start = Instant.parse("2017-01-01T00:00:00Z").toEpochMilli();
      WindowClock.Span before = clock.at(start);
      for (long now = start; now < start + 2 * 365 * 96 * quarterHour; now += quarterHour) {
        WindowClock.Span span = clock.at(now);
        assertThat(span.contains(now)).isTrue();
        if (!span.equals(before)) {
          assertThat(span.start()).isEqualTo(before.end());
          assertThat(span.number()).isGreaterThan(before.number());
          before = span;
        }
      }
    }
  }
}
