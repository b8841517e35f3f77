package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_COMMITTED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_MARK;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RULE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_SETTLED;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What was spent by team, model and provider, this day and this month (UTC), whether there is a
 * budget or not. For people: a call may be missing from it where the table is full.
 */
public final class SpendTable {
  private static final List<String> DIMENSIONS = List.of("team", "model", "provider");
  private static final int SHARE_OF_TABLE = 5;

  /** Windows that ended longer ago may be gone at any moment; what comes so late counts as now. */
  private static final long LATEST_MILLIS = Recycler.RETENTION_MILLIS / 2;

  private final Ledger ledger;

  SpendTable(Ledger ledger) {
    this.ledger = ledger;
  }

  /** The windows by which spend is kept. */
  private enum Window {
    DAY("day") {
      @Override
      LocalDate start(LocalDate day) {
        return day;
      }

      @Override
      LocalDate end(LocalDate start) {
        return start.plusDays(1);
      }
    },
    MONTH("month") {
      @Override
      LocalDate start(LocalDate day) {
        return day.withDayOfMonth(1);
      }

      @Override
      LocalDate end(LocalDate start) {
        return start.plusMonths(1);
      }
    };

    private final String label;

    Window(String label) {
      this.label = label;
    }

    abstract LocalDate start(LocalDate day);

    abstract LocalDate end(LocalDate start);
  }

  /**
   * Adds a call. Allocates; meant for the meter's own thread.
   *
   * @param keys the call's attribution, with {@code provider} and {@code model}
   * @param tokens at least 0
   * @param nanoUsd at least 0
   * @param at when the call ended
   */
  public void add(Map<String, String> keys, long tokens, long nanoUsd, Instant at) {
    for (Window window : Window.values()) {
      for (String dimension : DIMENSIONS) {
        add(window, dimension, keys.getOrDefault(dimension, ""), tokens, nanoUsd, at);
      }
    }
  }

  private void add(
      Window window, String dimension, String value, long tokens, long nanoUsd, Instant at) {
    LocalDate start = start(window, at.toEpochMilli());
    long end = millis(window.end(start));
    if (end < ledger.now() - LATEST_MILLIS) {
      start = start(window, ledger.now());
      end = millis(window.end(start));
    }
    long rule = rule(window, dimension, start);
    long high = KeyHash.high(KeyHash.mix(rule, value));
    long low = KeyHash.low(KeyHash.mix(~rule, value));
    long ref = ledger.find(high, low);
    if (ref == 0) {
      ref = create(high, low, AccountSpec.spend(end, rule, value));
    }
    if (ref != 0) {
      int row = ledger.rows().offset(ref);
      ledger.memory().addSaturating(row + ROW_COMMITTED, tokens);
      ledger.memory().addSaturating(row + ROW_SETTLED, nanoUsd);
      ledger.memory().addSaturating(row + ROW_MARK, 1);
    }
  }

  private long create(long high, long low, AccountSpec spec) {
    LedgerHold announcement = ledger.begin(ledger.now());
    try {
      return announcement.create(high, low, spec, SHARE_OF_TABLE);
    } finally {
      announcement.release();
    }
  }

  /** What was spent in the current day and the current month, by dimension, in no other order. */
  public List<Spend> list() {
    List<Spend> spend = new ArrayList<>();
    for (Window window : Window.values()) {
      LocalDate start = start(window, ledger.now());
      for (String dimension : DIMENSIONS) {
        collect(window, dimension, rule(window, dimension, start), spend);
      }
    }
    return spend;
  }

  private void collect(Window window, String dimension, long rule, List<Spend> into) {
    Rows rows = ledger.rows();
    for (int row = 0; row < rows.begun(); row++) {
      if (rows.isLive(row) && rows.word(row, ROW_RULE) == rule) {
        into.add(
            new Spend(
                window.label,
                dimension,
                rows.label(row),
                rows.word(row, ROW_COMMITTED),
                rows.word(row, ROW_SETTLED),
                rows.word(row, ROW_MARK)));
      }
    }
  }

  private long rule(Window window, String dimension, LocalDate start) {
    long hash = KeyHash.mix(KeyHash.mix(ledger.hashSeed(), "spend"), window.label);
    return KeyHash.mix(KeyHash.mix(hash, dimension), start.toEpochDay());
  }

  private static LocalDate start(Window window, long millis) {
    return window.start(LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC));
  }

  private static long millis(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
  }
}
