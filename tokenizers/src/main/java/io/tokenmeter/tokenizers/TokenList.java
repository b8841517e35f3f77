package io.tokenmeter.tokenizers;

import java.util.Arrays;

/** Token ids as they are found. */
final class TokenList {
  private int[] ids = new int[64];
  private int size;

  void add(int id) {
    ensureRoom(1);
    ids[size++] = id;
  }

  void addAll(int[] source, int count) {
    ensureRoom(count);
    System.arraycopy(source, 0, ids, size, count);
    size += count;
  }

  int[] toArray() {
    return Arrays.copyOf(ids, size);
  }

  private void ensureRoom(int more) {
    if (size + more > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(2 * ids.length, size + more));
    }
  }
}
