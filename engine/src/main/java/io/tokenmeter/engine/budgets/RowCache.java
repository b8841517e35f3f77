package io.tokenmeter.engine.budgets;

import org.jspecify.annotations.Nullable;

/**
 * Where a rule's rows were found last, so that a call need not hash its keys again. What it says
 * may be out of date. Takes up to {@value #MOST} rows, and forgets one where another takes its
 * place. Thread-safe by races that do no harm: entries do not change.
 */
final class RowCache {
  static final int MOST = 1 << 18;

  /** In how many places, next to each other, an entry may be. */
  private static final int WAYS = 4;

  private static final String[] NONE = {};
  private static final int FEWEST = 1 << 4;

  private @Nullable Entry[] entries = new Entry[FEWEST];
  private int replaced;

  /** A row in a window, for the values of the keys that split the rule. */
  private record Entry(int hash, long window, long ref, String value, String[] more) {}

  /** The row for a call in a window, or 0 if it is not known. */
  long get(long window, String[] per, CallKeys call) {
    @Nullable Entry[] table = entries;
    int hash = hash(per, call);
    int home = index(hash, table.length);
    for (int i = 0; i < WAYS; i++) {
      Entry entry = table[home ^ i];
      if (entry == null) {
        return 0;
      }
      if (entry.hash == hash && entry.window == window && isFor(entry, per, call)) {
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
    String first = per.length == 0 ? "" : value(call, per[0]);
    Entry entry = new Entry(hash(per, call), window, ref, first, more);
    @Nullable Entry[] table = entries;
    if (!place(entry, table) && ++replaced > table.length / 8 && table.length < MOST) {
      replaced = 0;
      entries = larger(table);
    }
  }

  /** At the first of its places that is empty, or has the same key, or is of another window. */
  private static boolean place(Entry entry, @Nullable Entry[] table) {
    int home = index(entry.hash, table.length);
    for (int i = 0; i < WAYS; i++) {
      Entry before = table[home ^ i];
      if (before == null || before.hash == entry.hash || before.window != entry.window) {
        table[home ^ i] = entry;
        return true;
      }
    }
    table[home ^ ((int) (entry.ref >>> 8) & (WAYS - 1))] = entry;
    return false;
  }

  private static @Nullable Entry[] larger(@Nullable Entry[] table) {
    @Nullable Entry[] larger = new Entry[table.length * 4];
    for (Entry entry : table) {
      if (entry != null) {
        place(entry, larger);
      }
    }
    return larger;
  }

  private static int index(int hash, int length) {
    int mixed = hash * 0x9e37_79b9;
    return (mixed ^ mixed >>> 15) & (length - 1);
  }

  private static int hash(String[] per, CallKeys call) {
    int hash = 1;
    for (String key : per) {
      hash = 31 * hash + value(call, key).hashCode();
    }
    return hash;
  }

  private static boolean isFor(Entry entry, String[] per, CallKeys call) {
    if (per.length > 0 && !entry.value.equals(value(call, per[0]))) {
      return false;
    }
    for (int i = 1; i < per.length; i++) {
      if (!entry.more[i - 1].equals(value(call, per[i]))) {
        return false;
      }
    }
    return true;
  }

  /** A call without a key counts as one with the empty value. */
  static String value(CallKeys call, String key) {
    String value = call.get(key);
    return value == null ? "" : value;
  }
}
