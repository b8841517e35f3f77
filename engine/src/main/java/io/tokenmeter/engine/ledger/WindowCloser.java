package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KIND;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RULE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_WINDOW_END;

import io.tokenmeter.engine.ledger.ClosedRows.ClosedRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands every row whose window has closed to whoever keeps statements: once, and again when
 * something was charged to it since. Runs under the host's lock, before rows are taken back.
 */
final class WindowCloser {
  /** So many lines are looked through for what a process that died had on record already. */
  static final int MAX_BATCH = 1_000;

  /** So long after its end a window gets its last records: a clock may be behind by a minute. */
  static final long SETTLING_MILLIS = 5 * 60_000;

  /** So long a row waits for calls that have not ended; what they cost then makes another line. */
  static final long HELD_MILLIS = 2 * Ledger.HOLD_LIFETIME_MILLIS;

  private final Rows rows;
  private final RecordedSums recorded;
  private final Ledger ledger;

  WindowCloser(Rows rows, RecordedSums recorded, Ledger ledger) {
    this.rows = rows;
    this.recorded = recorded;
    this.ledger = ledger;
  }

  /** Closes what can be closed. */
  void close(ClosedRows sink, long now) throws IOException {
    List<ClosedRow> batch = new ArrayList<>();
    List<Integer> closing = new ArrayList<>();
    for (int row = 0; row < rows.begun(); row++) {
      if (rows.isIntact(row)
          && rows.word(row, ROW_WINDOW_END) <= now - SETTLING_MILLIS
          && !recorded.isUpToDate(row)) {
        boolean spend = AccountSpec.shape(rows.word(row, ROW_KIND)) == AccountShape.SPEND;
        ClosedRow closed = spend ? spend(row) : budget(row, now);
        if (closed != null) {
          batch.add(closed);
          closing.add(row);
        } else if (spend) {
          recorded.note(row, recorded.figure(row));
        }
        if (batch.size() == MAX_BATCH) {
          flush(sink, batch, closing);
        }
      }
    }
    flush(sink, batch, closing);
  }

  /** Null for a day: the month has it too. */
  private @Nullable ClosedRow spend(int row) {
    Spend spend = ledger.spend().read(row);
    return spend == null || !spend.window().equals("month")
        ? null
        : new ClosedRow.OfSpend(spend, recorded.lines(row));
  }

  /** Null for one that has to wait for calls. */
  private @Nullable ClosedRow budget(int row, long now) {
    long ref = rows.ref(row);
    AccountState state = ledger.state(ref);
    long windowEnd = rows.word(row, ROW_WINDOW_END);
    if (state.held() > 0 && windowEnd > now - HELD_MILLIS) {
      return null;
    }
    return new ClosedRow.OfBudget(
        rows.id(row),
        recorded.lines(row),
        rows.word(row, ROW_RULE),
        state.label(),
        windowEnd,
        AccountRef.unit(ref),
        state.settled(),
        state.held());
  }

  private void flush(ClosedRows sink, List<ClosedRow> batch, List<Integer> closing)
      throws IOException {
    if (!batch.isEmpty()) {
      closing.forEach(recorded::forget);
      sink.close(List.copyOf(batch));
      for (int i = 0; i < closing.size(); i++) {
        recorded.note(closing.get(i), figure(batch.get(i)));
      }
      batch.clear();
      closing.clear();
    }
  }

  private static long figure(ClosedRow row) {
    return row instanceof ClosedRow.OfBudget budget
        ? budget.settled()
        : ((ClosedRow.OfSpend) row).spend().calls();
  }
}
