package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.COUNTS_STRIDE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.DAMAGE_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.FREE_ROWS_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.LABEL_BYTES;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.NAME_STRIDE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.RING_FIRST;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.RING_LENGTH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_BEGUN_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_REFUSED_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_USED_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_BYTES;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_CHECKSUM;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_COMMITTED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_EPOCH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_GENERATION;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KEY_HIGH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KEY_LOW;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KIND;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_LABEL;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_LABEL_LENGTH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_MARK;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_NEXT;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_PERIOD;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RATE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RING;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RULE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_SETTLED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_TOLD;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_WINDOW_END;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.WORD;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The accounts: rows one behind the other as they were begun, found by a table of chains. A row is
 * whole before it is linked, by one CAS at the end of its chain; so two creators of one key meet
 * there, and of two rows for one key the one that came second is never linked.
 *
 * <p>Looking up takes part in nothing and may run at any time. Creating does not run while rows are
 * taken back, see {@link LedgerHold#create}: so the chains only become longer meanwhile. A row that
 * is allocated but not linked, where its creator died, is taken back with the others.
 */
final class Rows {
  /** Longer chains than this are never built: the links are damaged and lead round. */
  private static final int MAX_STEPS = 1 << 14;

  private static final int EIGHTHS = 8;

  private final Memory memory;
  private final Sizes sizes;
  private final int offset;
  private final int blockBits;
  private final int blockMask;
  private final int blockBytes;

  Rows(Memory memory, Sizes sizes) {
    this.memory = memory;
    this.sizes = sizes;
    this.offset = sizes.rowsOffset();
    this.blockBits = Integer.numberOfTrailingZeros(sizes.block());
    this.blockMask = sizes.block() - 1;
    this.blockBytes = sizes.block() * ROW_BYTES;
  }

  /** How many rows there may be something in: from this one on all are free. */
  int begun() {
    return (int) Math.max(0, Math.min(memory.get(ROWS_BEGUN_OFFSET), reachable()));
  }

  /** How many rows the file has. */
  long capacity() {
    return memory.get(ROWS_OFFSET);
  }

  long used() {
    return memory.get(ROWS_USED_OFFSET);
  }

  private long reachable() {
    return (long) ((memory.length() - offset) / blockBytes) << blockBits;
  }

  /** Whether there is such a row, and it can be read from here. */
  boolean isReadable(long row) {
    return row >= 0
        && (row < reachable()
            || (row < capacity()
                && capacity() <= LedgerDescriptor.MAX_ROWS
                && memory.reach(sizes.length(capacity()))));
  }

  /** Whether this process can read all rows that the file has, as far as its header makes sense. */
  boolean areAllReachable() {
    long rows = capacity();
    return rows <= 0 || rows > LedgerDescriptor.MAX_ROWS || isReadable(rows - 1);
  }

  /** Where a row's counts begin. */
  int offset(int row) {
    return offset + (row >> blockBits) * blockBytes + (row & blockMask) * COUNTS_STRIDE;
  }

  int offset(long ref) {
    return offset(AccountRef.row(ref));
  }

  /** Where a row's field is. */
  int at(int row, int field) {
    return field < COUNTS_STRIDE
        ? offset(row) + field
        : offset
            + (row >> blockBits) * blockBytes
            + (blockMask + 1) * COUNTS_STRIDE
            + (row & blockMask) * NAME_STRIDE
            + field
            - COUNTS_STRIDE;
  }

  long word(int row, int field) {
    return memory.get(at(row, field));
  }

  private void set(int row, int field, long value) {
    memory.set(at(row, field), value);
  }

  int buckets() {
    return sizes.buckets();
  }

  /** The word that begins a chain. */
  int bucket(int index) {
    return sizes.bucketsOffset() + index * WORD;
  }

  private int bucketOf(long keyHigh) {
    return bucket((int) keyHigh & (sizes.buckets() - 1));
  }

  int bucketOfRow(int row) {
    return bucketOf(word(row, ROW_KEY_HIGH));
  }

  /** A reference to the account with the key, or 0. */
  long find(long keyHigh, long keyLow) {
    long link = memory.get(bucketOf(keyHigh));
    for (int i = 0; i < MAX_STEPS && link != 0 && isReadable(link - 1); i++) {
      int row = (int) (link - 1);
      long ref = ref(row);
      if (hasKey(row, keyHigh, keyLow)) {
        // Without a slot the row may become another account's meanwhile.
        return isCurrent(ref) ? ref : 0;
      }
      link = word(row, ROW_NEXT);
    }
    return 0;
  }

  private boolean hasKey(int row, long keyHigh, long keyLow) {
    return word(row, ROW_KEY_HIGH) == keyHigh && word(row, ROW_KEY_LOW) == keyLow && isIntact(row);
  }

  /** A reference to a row as it is now, whatever its key. */
  long ref(int row) {
    return AccountRef.of(row, word(row, ROW_GENERATION), word(row, ROW_KIND));
  }

  /** Whether the row is an account's, and says so of itself. */
  boolean isIntact(int row) {
    return isLive(row) && word(row, ROW_CHECKSUM) == checksum(row);
  }

  boolean isLive(int row) {
    return (word(row, ROW_GENERATION) & 1) != 0;
  }

  /** Whether the row is still in the life that the reference means, and not being taken back. */
  boolean isCurrent(long ref) {
    return isCurrent(memory.words(), ref, offset(ref));
  }

  /**
   * The same where the caller knows the row's offset. A volatile read: not before the claim of a
   * slot that went before it, see {@link Slots}.
   */
  boolean isCurrent(ByteBuffer words, long ref, int row) {
    return (int) memory.getVolatile(words, row + ROW_GENERATION) == AccountRef.generation(ref)
        && (AccountRef.generation(ref) & 1) != 0;
  }

  /**
   * Finds or creates an account. Not while rows are taken back.
   *
   * @param share of the table, in eighths, up to which this row may fill it
   * @return a reference, or 0 if there is no room
   */
  long create(
      long keyHigh,
      long keyLow,
      AccountSpec spec,
      long elapsed,
      int share,
      Growth growth,
      Patience patience) {
    int word = bucketOf(keyHigh);
    int made = -1;
    for (int i = 0; i < MAX_STEPS; i++) {
      long link = memory.getVolatile(word);
      if (link == 0) {
        made = made < 0 ? make(keyHigh, keyLow, spec, elapsed, share, growth, patience) : made;
        if (made < 0) {
          return refused();
        }
        if (memory.compareAndSet(word, 0, made + 1L)) {
          return ref(made);
        }
        continue;
      }
      if (!isReadable(link - 1)) {
        break;
      }
      int row = (int) (link - 1);
      if (hasKey(row, keyHigh, keyLow)) {
        unmake(made);
        return ref(row);
      }
      if (!isIntact(row)) {
        damaged();
      }
      word = at(row, ROW_NEXT);
    }
    damaged();
    unmake(made);
    return refused();
  }

  /** Counts a row that there was no room for. */
  long refused() {
    memory.getAndAdd(ROWS_REFUSED_OFFSET, 1);
    return 0;
  }

  /** Counts something that no process of ours wrote so. */
  void damaged() {
    memory.getAndAdd(DAMAGE_OFFSET, 1);
  }

  private int make(
      long keyHigh,
      long keyLow,
      AccountSpec spec,
      long elapsed,
      int share,
      Growth growth,
      Patience patience) {
    boolean rolling = spec.shape() == AccountShape.ROLLING;
    int needed = rolling ? 2 : 1;
    if (used() + needed > capacity() * share / EIGHTHS && !growth.grow(false, patience)) {
      return -1;
    }
    int row = allocate();
    int ring = row >= 0 && rolling ? allocate() : -1;
    if (row < 0 || (rolling && ring < 0)) {
      return -1;
    }
    if (rolling) {
      for (int i = 0; i < RING_LENGTH; i++) {
        set(ring, RING_FIRST + i * WORD, 0);
      }
    }
    initialise(row, ring, keyHigh, keyLow, spec, elapsed);
    return row;
  }

  private void initialise(
      int row, int ring, long keyHigh, long keyLow, AccountSpec spec, long elapsed) {
    byte[] label = labelBytes(spec.label());
    set(row, ROW_COMMITTED, 0);
    set(row, ROW_SETTLED, 0);
    set(row, ROW_MARK, firstMark(spec, elapsed));
    set(row, ROW_TOLD, 0);
    set(row, ROW_PERIOD, spec.period());
    set(row, ROW_RATE, spec.rate());
    set(row, ROW_EPOCH, Refill.epoch(elapsed, spec.period()));
    set(row, ROW_RING, ring);
    set(row, ROW_KEY_HIGH, keyHigh);
    set(row, ROW_KEY_LOW, keyLow);
    set(row, ROW_NEXT, 0);
    set(row, ROW_RULE, spec.rule());
    set(row, ROW_KIND, spec.kind());
    set(row, ROW_WINDOW_END, spec.windowEnd());
    memory.putBytes(at(row, ROW_LABEL), label);
    set(row, ROW_LABEL_LENGTH, label.length);
    set(row, ROW_CHECKSUM, checksum(row));
    set(row, ROW_GENERATION, word(row, ROW_GENERATION) + 1);
  }

  private static long firstMark(AccountSpec spec, long elapsed) {
    return switch (spec.shape()) {
      case ROLLING -> Rolling.step(elapsed, spec.period());
      case SESSION -> elapsed;
      case CALENDAR, REFILL, SPEND -> 0;
    };
  }

  /** Of what never changes while the row is an account's. */
  private long checksum(int row) {
    long sum = KeyHash.mix(word(row, ROW_KEY_HIGH), word(row, ROW_KEY_LOW));
    sum = KeyHash.mix(sum, word(row, ROW_PERIOD) ^ word(row, ROW_RULE));
    sum = KeyHash.mix(sum, word(row, ROW_RATE) ^ word(row, ROW_KIND));
    sum = KeyHash.mix(sum, word(row, ROW_EPOCH) ^ word(row, ROW_WINDOW_END));
    return KeyHash.mix(sum, word(row, ROW_RING) ^ word(row, ROW_LABEL_LENGTH));
  }

  /** A row that was linked nowhere. */
  private void unmake(int row) {
    if (row >= 0) {
      long ring = word(row, ROW_RING);
      set(row, ROW_GENERATION, word(row, ROW_GENERATION) + 1);
      free(row);
      if (isReadable(ring)) {
        free((int) ring);
      }
    }
  }

  /** A row of nobody, with an even generation; -1 if there is none. */
  private int allocate() {
    while (true) {
      long head = memory.getVolatile(FREE_ROWS_OFFSET);
      long free = (head & 0xffff_ffffL) - 1;
      if (!isReadable(free)) {
        return allocateNew();
      }
      long next = word((int) free, ROW_NEXT) & 0xffff_ffffL;
      if (memory.compareAndSet(FREE_ROWS_OFFSET, head, changed(head, next))) {
        memory.getAndAdd(ROWS_USED_OFFSET, 1);
        return (int) free;
      }
    }
  }

  private int allocateNew() {
    while (true) {
      long begun = memory.getVolatile(ROWS_BEGUN_OFFSET);
      if (begun < 0 || begun >= capacity() || !isReadable(begun)) {
        return -1;
      }
      if (memory.compareAndSet(ROWS_BEGUN_OFFSET, begun, begun + 1)) {
        memory.getAndAdd(ROWS_USED_OFFSET, 1);
        return (int) begun;
      }
    }
  }

  private void free(int row) {
    memory.getAndAdd(ROWS_USED_OFFSET, -1);
    long head;
    do {
      head = memory.getVolatile(FREE_ROWS_OFFSET);
      set(row, ROW_NEXT, head & 0xffff_ffffL);
    } while (!memory.compareAndSet(FREE_ROWS_OFFSET, head, changed(head, row + 1L)));
  }

  /**
   * The head of the free rows, after one more change: a head that was read before is told apart.
   */
  static long changed(long head, long link) {
    return ((head >>> 32) + 1) << 32 | link;
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

  String label(int row) {
    long length = word(row, ROW_LABEL_LENGTH);
    byte[] bytes = new byte[(int) Math.max(0, Math.min(LABEL_BYTES, length))];
    memory.getBytes(at(row, ROW_LABEL), bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
