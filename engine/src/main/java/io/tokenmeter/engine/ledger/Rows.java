package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.LABEL_BYTES;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_REFUSED_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_USED_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_EPOCH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_GENERATION;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KEY_HIGH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KEY_LOW;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KIND;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_LABEL;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_LABEL_LENGTH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RATE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RULE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_STRIDE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_WINDOW_END;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The table of accounts: open addressing with linear probes, a row claimed by a CAS on its key.
 *
 * <p>Looking up takes part in nothing and may run at any time. Creating does not run while rows are
 * taken back, see {@link LedgerHold#create}: so the free rows only become fewer meanwhile, and two
 * creators of one key meet at the same row.
 */
final class Rows {
  static final long FREE = 0;
  static final long PASSED = -1;
  static final long RETIRED = -2;

  private final Memory memory;
  private final int offset;
  private final int count;

  Rows(Memory memory, Sizes sizes) {
    this.memory = memory;
    this.offset = sizes.rowsOffset();
    this.count = sizes.rows();
  }

  int count() {
    return count;
  }

  int offset(int row) {
    return offset + row * ROW_STRIDE;
  }

  int offset(long ref) {
    return offset(AccountRef.row(ref));
  }

  long word(int row, int field) {
    return memory.get(offset(row) + field);
  }

  /** A reference to the row with the key, or 0. */
  long find(long keyHigh, long keyLow) {
    for (int probe = 0; probe < count; probe++) {
      int row = (int) (keyHigh + probe) & (count - 1);
      int at = offset(row);
      long key = memory.get(at + ROW_KEY_HIGH);
      if (key == FREE) {
        return 0;
      }
      if (key == keyHigh
          && memory.get(at + ROW_KEY_LOW) == keyLow
          && memory.get(at + ROW_LABEL_LENGTH) != 0) {
        return ref(row);
      }
    }
    return 0;
  }

  /** A reference to a row as it is now, whatever its key. */
  long ref(int row) {
    int at = offset(row);
    return AccountRef.of(
        row, memory.get(at + ROW_GENERATION) + 1, AccountKind.of(memory.get(at + ROW_KIND)));
  }

  /** Whether the row has a key and everything that belongs to it. */
  boolean holds(int row) {
    return word(row, ROW_KEY_HIGH) > 0 && word(row, ROW_LABEL_LENGTH) != 0;
  }

  /** Whether the row is still in the life that the reference means, and not being taken back. */
  boolean isCurrent(long ref) {
    int at = offset(ref);
    return memory.getVolatile(at + ROW_KEY_HIGH) > 0
        && (int) (memory.getVolatile(at + ROW_GENERATION) + 1) == AccountRef.generation(ref);
  }

  /**
   * Finds or claims a row. Not while rows are taken back.
   *
   * @param share of the table, in eighths, up to which this row may fill it
   * @return a reference, or 0 if there is no room
   */
  long create(long keyHigh, long keyLow, AccountSpec spec, AccountKind kind, long now, int share) {
    while (true) {
      int free = -1;
      for (int probe = 0; probe < count; probe++) {
        int row = (int) (keyHigh + probe) & (count - 1);
        long key = memory.getVolatile(offset(row) + ROW_KEY_HIGH);
        if (key == keyHigh && ownsLow(row, keyLow)) {
          return initialise(row, spec, kind, now);
        }
        if (free < 0 && (key == FREE || key == PASSED)) {
          free = row;
        }
        if (key == FREE) {
          break;
        }
      }
      if (free < 0 || memory.get(ROWS_USED_OFFSET) >= (long) count / 8 * share) {
        return refused();
      }
      int at = offset(free) + ROW_KEY_HIGH;
      long before = memory.getVolatile(at);
      if ((before == FREE || before == PASSED) && memory.compareAndSet(at, before, keyHigh)) {
        memory.getAndAdd(ROWS_USED_OFFSET, 1);
        if (ownsLow(free, keyLow)) {
          return initialise(free, spec, kind, now);
        }
      }
    }
  }

  /** Counts a row that there was no room for. */
  long refused() {
    memory.getAndAdd(ROWS_REFUSED_OFFSET, 1);
    return 0;
  }

  private boolean ownsLow(int row, long keyLow) {
    int at = offset(row) + ROW_KEY_LOW;
    return memory.getVolatile(at) == keyLow
        || memory.compareAndSet(at, 0, keyLow)
        || memory.getVolatile(at) == keyLow;
  }

  /** Any number of creators may do this at once, and one may die in it: all write the same. */
  private long initialise(int row, AccountSpec spec, AccountKind kind, long now) {
    int at = offset(row);
    if (memory.getVolatile(at + ROW_LABEL_LENGTH) == 0) {
      memory.set(at + ROW_RULE, spec.rule());
      memory.set(at + ROW_KIND, kind.code());
      memory.set(at + ROW_WINDOW_END, spec.windowEnd());
      memory.set(at + ROW_RATE, spec.rate());
      memory.compareAndSet(at + ROW_EPOCH, 0, Refill.epoch(now));
      byte[] label = labelBytes(spec.label());
      memory.putBytes(at + ROW_LABEL, label);
      memory.set(at + ROW_LABEL_LENGTH, label.length + 1L);
    }
    return ref(row);
  }

  static byte[] labelBytes(String label) {
    byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= LABEL_BYTES) {
      return bytes;
    }
    int end = LABEL_BYTES;
    while ((bytes[end] & 0xc0) == 0x80) {
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }

  /** What names the row in statements: its key, which has the window in it. */
  String id(int row) {
    return "%016x%016x".formatted(word(row, ROW_KEY_HIGH), word(row, ROW_KEY_LOW));
  }

  /** A row's label; empty while nobody has written it. */
  String label(int row) {
    long length = word(row, ROW_LABEL_LENGTH) - 1;
    byte[] bytes = new byte[(int) Math.max(0, Math.min(LABEL_BYTES, length))];
    memory.getBytes(offset(row) + ROW_LABEL, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
