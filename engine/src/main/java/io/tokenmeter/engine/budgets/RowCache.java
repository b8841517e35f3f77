package io.tokenmeter.engine.budgets;

import org.jspecify.annotations.Nullable;

/**
 * Where a rule's rows were found last, so that a call need not hash its keys again. What it says
 * may be out of date. Takes up to {@value #MOST} rows, and forgets one where another takes its
 * place. Thread-safe by races that do no harm: entries do not change.
 */
final class RowCache {
  static final int MOST = 1 << 17;
  private static final int FEWEST = 1 << 4;

  private @Nullable Entry[] entries = new Entry[FEWEST];
  private int replaced;

  /** A row in a window, for the values of the keys that split the rule. */
  private record Entry(int hash, long window, long ref, String[] values) {}

  /** The row for a call in a window, or 0 if it is not known. */
  long get(long window, String[] per, CallKeys call) {
    @Nullable Entry[] table = entries;
    int hash = hash(per, call);
    Entry entry = table[index(hash, table.length)];
    return entry != null
            && entry.hash == hash
            && entry.window == window
            && isFor(entry.values, per, call)
        ? entry.ref
        : 0;
  }

  void put(long window, long ref, String[] per, CallKeys call) {
    String[] values = new String[per.length];
    for (int i = 0; i < per.length; i++) {
      values[i] = value(call, per[i]);
    }
    Entry entry = new Entry(hash(per, call), window, ref, values);
    @Nullable Entry[] table = entries;
    int index = index(entry.hash, table.length);
    Entry before = table[index];
    table[index] = entry;
    if (before != null && before.window == window && before.hash != entry.hash) {
      replaced++;
      if (replaced > table.length / 4 && table.length < MOST) {
        replaced = 0;
        entries = larger(table);
      }
    }
  }

  private static @Nullable Entry[] larger(@Nullable Entry[] table) {
    @Nullable Entry[] larger = new Entry[table.length * 4];
    for (Entry entry : table) {
      if (entry != null) {
        larger[index(entry.hash, larger.length)] = entry;
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

  private static boolean isFor(String[] values, String[] per, CallKeys call) {
    for (int i = 0; i < per.length; i++) {
      if (!values[i].equals(value(call, per[i]))) {
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
