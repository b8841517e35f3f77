package io.tokenmeter.engine.budgets;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Where a rule's rows of the present window were found last, so that a call need not hash its keys
 * again. What it says may be out of date. Takes up to {@value #MOST} rows, and forgets one where
 * another takes its place. Thread-safe by races that do no harm: entries do not change, nor does
 * the window of a table.
 *
 * <p>An entry may name a row in a part of the file that another thread has just mapped. It is
 * written with release and read with acquire semantics, so that who sees the entry sees the longer
 * mapping too: on aarch64 the mapping could be read first otherwise, though it is in a volatile
 * field. On x86 both are plain accesses.
 *
 * <p>With many keys the time goes into memory that is far away. So an entry is small, and names
 * that differ in their last character only, as numbered ones do, are neighbours.
 */
final class RowCache {
  static final int MOST = 1 << 20;

  /** In how many places, one behind the other, an entry may be. */
  private static final int WAYS = 8;

  /** So many bits of a hash are the place within a block of twice as many places. */
  private static final int NEIGHBOUR_BITS = 3;

  private static final VarHandle PLACES = MethodHandles.arrayElementVarHandle(Entry[].class);
  private static final String[] NONE = {};
  private static final int FEWEST = 1 << 4;

  private Table table = new Table(0, new Entry[FEWEST]);
  private int replaced;

  /** The rows of one window. */
  private record Table(long window, @Nullable Entry[] entries) {}

  /** A row, for the values of the keys that split the rule; 32 bytes. */
  private record Entry(int hash, long ref, String value, String[] more) {}

  /** The row for a call in a window, or 0 if it is not known. */
  long get(long window, String[] per, CallKeys call) {
    Table known = table;
    if (known.window != window) {
      return 0;
    }
    String value = first(per, call);
    int hash = hash(value, per, call);
    @Nullable Entry[] entries = known.entries;
    int home = home(hash, entries.length);
    for (int i = home; i < home + WAYS; i++) {
      Entry entry = (Entry) PLACES.getAcquire(entries, i);
      if (entry == null) {
        return 0;
      }
      if (entry.hash == hash && entry.value.equals(value) && hasMore(entry, per, call)) {
        return entry.ref;
      }
    }
    return 0;
  }

  void put(long window, long ref, String[] per, CallKeys call) {
    String[] more = per.length > 1 ? new String[per.length - 1] : NONE;
    for (int i = 1; i < per.length; i++) {
      more[i - 1] = value(call, per[i]);
    }
    String value = first(per, call);
    Entry entry = new Entry(hash(value, per, call), ref, value, more);
    Table known = table;
    if (known.window != window) {
      known = table = new Table(window, new Entry[FEWEST]);
    }
    @Nullable Entry[] entries = known.entries;
    if (!place(entry, entries) && ++replaced > entries.length / 8 && entries.length < MOST) {
      replaced = 0;
      table = new Table(window, larger(entries));
    }
  }

  /** At the first of its places that is empty, or has the same hash. */
  private static boolean place(Entry entry, @Nullable Entry[] entries) {
    int home = home(entry.hash, entries.length);
    for (int i = home; i < home + WAYS; i++) {
      Entry before = entries[i];
      if (before == null || before.hash == entry.hash) {
        PLACES.setRelease(entries, i, entry);
        return true;
      }
    }
    PLACES.setRelease(entries, home + ((int) (entry.ref >>> 8) & (WAYS - 1)), entry);
    return false;
  }

  private static @Nullable Entry[] larger(@Nullable Entry[] entries) {
    @Nullable Entry[] larger = new Entry[entries.length * 4];
    for (int i = 0; i < entries.length; i++) {
      Entry entry = (Entry) PLACES.getAcquire(entries, i);
      if (entry != null) {
        place(entry, larger);
      }
    }
    return larger;
  }

  /** In the first half of a block, so that all places are in the block. */
  private static int home(int hash, int length) {
    int mixed = (hash >>> NEIGHBOUR_BITS) * 0x9e37_79b9;
    mixed ^= mixed >>> 15;
    return (mixed << (NEIGHBOUR_BITS + 1) | (hash & ((1 << NEIGHBOUR_BITS) - 1))) & (length - 1);
  }

  private static int hash(String first, String[] per, CallKeys call) {
    int hash = first.hashCode();
    for (int i = 1; i < per.length; i++) {
      hash = 31 * hash + value(call, per[i]).hashCode();
    }
    return hash;
  }

  private static boolean hasMore(Entry entry, String[] per, CallKeys call) {
    for (int i = 1; i < per.length; i++) {
      if (!entry.more[i - 1].equals(value(call, per[i]))) {
        return false;
      }
    }
    return true;
  }

  private static String first(String[] per, CallKeys call) {
    return per.length == 0 ? "" : value(call, per[0]);
  }

  /** A call without a key counts as one with the empty value. */
  static String value(CallKeys call, String key) {
    String value = call.get(key);
    return value == null ? "" : value;
  }
}
