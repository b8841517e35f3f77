package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_COMMITTED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KIND;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_MARK;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RULE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_SETTLED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_TOLD;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_WINDOW_END;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was spent on each combination of payer and model, this day and this month (UTC), whether
 * there is a budget or not. For people. Where the table is full, new combinations share one row:
 * the sums stay right.
 */
public final class SpendTable {
  /** The keys of the row that stands in for those that there was no room for. */
  public static final Map<String, String> OTHERS = Map.of("others", "(the ledger is full)");

  private static final int SHARE_OF_TABLE = 5;
  private static final int OTHERS_SHARE_OF_TABLE = 6;

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
   * @param keys what its spend is kept by, without control characters
   * @param tokens at least 0
   * @param nanoUsd at least 0
   * @param priced whether its cost is known
   * @param at when the call ended
   */
  public void add(Map<String, String> keys, long tokens, long nanoUsd, boolean priced, Instant at) {
    for (Window window : Window.values()) {
      long row = row(window, keys, at);
      if (row != 0) {
        int offset = ledger.rows().offset(row);
        ledger.memory().addSaturating(offset + ROW_COMMITTED, tokens);
        ledger.memory().addSaturating(offset + ROW_SETTLED, nanoUsd);
        if (!priced) {
          addUnpriced(ledger.rows().at(AccountRef.row(row), ROW_TOLD));
        }
        // Last: what was read before this number had changed is known to have changed.
        ledger.memory().addSaturating(offset + ROW_MARK, 1);
      }
    }
  }

  private void addUnpriced(int word) {
    long before;
    do {
      before = ledger.memory().getVolatile(word);
    } while (!ledger.memory().compareAndSet(word, before, Marks.withOneMoreUnpriced(before)));
  }

  private long row(Window window, Map<String, String> keys, Instant at) {
    LocalDate start = start(window, at.toEpochMilli());
    long end = millis(window.end(start));
    if (end < ledger.now() - LATEST_MILLIS) {
      start = start(window, ledger.now());
      end = millis(window.end(start));
    }
    long rule = rule(window, start);
    long ref = row(rule, end, keys, SHARE_OF_TABLE);
    return ref != 0 ? ref : row(rule, end, OTHERS, OTHERS_SHARE_OF_TABLE);
  }

  private long row(long rule, long end, Map<String, String> keys, int share) {
    long sum = 0;
    for (Map.Entry<String, String> key : keys.entrySet()) {
      // Added up, for a map has no order.
      sum += KeyHash.mix(KeyHash.mix(rule, key.getKey()), key.getValue());
    }
    long high = KeyHash.high(KeyHash.mix(rule, sum));
    long low = KeyHash.low(KeyHash.mix(~rule, sum));
    long ref = ledger.find(high, low);
    if (ref == 0) {
      ref = create(high, low, AccountSpec.spend(end, rule, SpendLabel.encode(keys)), share);
    }
    return ref;
  }

  private long create(long high, long low, AccountSpec spec, int share) {
    LedgerHold announcement = ledger.begin(ledger.now());
    try {
      return announcement.create(high, low, spec, share);
    } finally {
      announcement.release();
    }
  }

  /** What was spent in the current day and the current month, in no order. */
  public List<Spend> list() {
    LocalDate today = LocalDate.ofInstant(Instant.ofEpochMilli(ledger.now()), ZoneOffset.UTC);
    List<Spend> spend = new ArrayList<>();
    for (Spend row : all()) {
      if (row.start()
          .equals(row.window().equals(Window.DAY.label) ? today : today.withDayOfMonth(1))) {
        spend.add(row);
      }
    }
    return spend;
  }

  /** Everything that the ledger still has, of windows that have ended too. */
  public List<Spend> all() {
    List<Spend> spend = new ArrayList<>();
    Rows rows = ledger.rows();
    for (int row = 0; row < rows.begun(); row++) {
      if (rows.isIntact(row) && AccountSpec.shape(rows.word(row, ROW_KIND)) == AccountShape.SPEND) {
        Spend read = read(row);
        if (read != null) {
          spend.add(read);
        }
      }
    }
    return spend;
  }

  /** A spend row; null for one that makes no sense, which a damaged page may hold. */
  @Nullable Spend read(int row) {
    Rows rows = ledger.rows();
    long calls = rows.word(row, ROW_MARK);
    long end = rows.word(row, ROW_WINDOW_END);
    for (Window window : Window.values()) {
      LocalDate start = start(window, end - 1);
      if (rule(window, start) == rows.word(row, ROW_RULE)) {
        return new Spend(
            rows.id(row),
            window.label,
            start,
            SpendLabel.decode(rows.label(row)),
            rows.word(row, ROW_COMMITTED),
            rows.word(row, ROW_SETTLED),
            calls,
            Marks.unpriced(rows.word(row, ROW_TOLD)));
      }
    }
    return null;
  }

  private long rule(Window window, LocalDate start) {
    long hash = KeyHash.mix(KeyHash.mix(ledger.hashSeed(), "spend"), window.label);
    return KeyHash.mix(hash, start.toEpochDay());
  }

  private static LocalDate start(Window window, long millis) {
    return window.start(LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC));
  }

  private static long millis(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
  }
}
