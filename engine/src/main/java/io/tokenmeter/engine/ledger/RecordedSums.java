package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KIND;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_MARK;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_SETTLED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_TOLD;

/**
 * Which sums of closed rows are on record in a statement. What is charged to a row after that makes
 * its sum another one, and it needs one more line. A budget's row notes the sum itself; of a spend
 * row it is enough to note how many calls it had, for each charge adds one, last of all.
 *
 * <p>For who has the host's lock.
 */
final class RecordedSums {
  /** No sum. */
  private static final long NONE = -1;

  private final Memory memory;
  private final Rows rows;

  RecordedSums(Memory memory, Rows rows) {
    this.memory = memory;
    this.rows = rows;
  }

  /** How many lines a row has. */
  int lines(int row) {
    return Marks.lines(told(row));
  }

  /** Whether the last line of a row says what the row says. */
  boolean isUpToDate(int row) {
    long told = told(row);
    return Marks.lines(told) > 0
        && (isSpend(row)
            ? Marks.hasOnRecord(told, figure(row))
            : rows.word(row, ROW_MARK) == figure(row));
  }

  /** What is noted: what was settled, or the number of calls. */
  long figure(int row) {
    return isSpend(row) ? rows.word(row, ROW_MARK) : Math.max(0, rows.word(row, ROW_SETTLED));
  }

  /**
   * A line is about to be written. If the process dies over it, whether it was stays open: a sum
   * that goes back to the one that was noted must not look as if it were the last line's.
   */
  void forget(int row) {
    if (!isSpend(row) && lines(row) > 0) {
      memory.set(rows.at(row, ROW_MARK), NONE);
    }
  }

  /**
   * A line was written.
   *
   * @param figure that the line goes by
   */
  void note(int row, long figure) {
    boolean spend = isSpend(row);
    if (!spend) {
      memory.set(rows.at(row, ROW_MARK), figure);
    }
    int word = rows.at(row, ROW_TOLD);
    long before;
    long after;
    do {
      before = memory.getVolatile(word);
      after = Marks.withOneMoreLine(spend ? Marks.withOnRecord(before, figure) : before);
    } while (!memory.compareAndSet(word, before, after));
  }

  private long told(int row) {
    return memory.getVolatile(rows.at(row, ROW_TOLD));
  }

  private boolean isSpend(int row) {
    return AccountSpec.shape(rows.word(row, ROW_KIND)) == AccountShape.SPEND;
  }
}
