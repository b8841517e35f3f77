package io.tokenmeter.engine.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.budgets.BudgetRule.Window;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WindowClockTest {
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
    "MONTH, UTC, 2028-02-29T23:00:00Z, 2028-02-01T00:00:00Z, 2028-03-01T00:00:00Z",
    "MONTH, UTC, 2027-12-31T23:59:59Z, 2027-12-01T00:00:00Z, 2028-01-01T00:00:00Z",
    "MONTH, America/New_York, 2026-11-01T03:59:59Z, 2026-10-01T04:00:00Z, 2026-11-01T04:00:00Z",
    "MONTH, America/New_York, 2026-11-01T04:00:00Z, 2026-11-01T04:00:00Z, 2026-12-01T05:00:00Z",
  })
  void at_anyMoment_isInTheCalendarWindowOfItsZone(
      Window window, String zone, Instant moment, Instant start, Instant end) {
    WindowClock.Span span = new WindowClock(window, ZoneId.of(zone)).at(moment.toEpochMilli());

    assertThat(Instant.ofEpochMilli(span.start())).isEqualTo(start);
    assertThat(Instant.ofEpochMilli(span.end())).isEqualTo(end);
  }

  @ParameterizedTest
  @CsvSource({"DAY", "MONTH"})
  void at_everyHourOfTwoYears_followsWithoutGapAndCountsUp(Window window) {
    for (String zone : new String[] {"America/Sao_Paulo", "Europe/London", "Australia/Lord_Howe"}) {
      WindowClock clock = new WindowClock(window, ZoneId.of(zone));
      long hour = 3_600_000;
      long start = Instant.parse("2017-01-01T00:00:00Z").toEpochMilli();
      WindowClock.Span before = clock.at(start);
      for (long now = start; now < start + 2 * 365 * 24 * hour; now += hour) {
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
