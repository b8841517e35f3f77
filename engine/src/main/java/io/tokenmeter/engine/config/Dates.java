package io.tokenmeter.engine.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/** Moments as people write them: {@code 2026-12-01} or {@code 2026-12-01T08:00:00Z}. */
public final class Dates {
  private Dates() {}

  /**
   * The moment; of a date, when it begins.
   *
   * @throws IllegalArgumentException if it is none; says what was expected
   */
  public static Instant parse(String text, ZoneId zone) {
    try {
      return text.contains("T")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDate.parse(text).atStartOfDay(zone).toInstant();
    } catch (DateTimeException malformed) {
      throw new IllegalArgumentException(
          "expected a date such as 2026-12-01, or a moment such as 2026-12-01T08:00:00Z");
    }
  }
}
