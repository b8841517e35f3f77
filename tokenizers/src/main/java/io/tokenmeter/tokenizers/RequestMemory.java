package io.tokenmeter.tokenizers;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what parts of requests (messages, tools, system texts) were counted to, so that a
 * conversation, which resends its history on every call, costs what is new in it. It knows parts by
 * a 128-bit hash of their bytes under a random key and keeps no text. Bounded; of the parts that
 * compete for a place the one that was not used for longest goes. Thread-safe, never waits.
 */
public final class RequestMemory {
  /** Remembers nothing. */
  public static final RequestMemory NONE = new RequestMemory(0);

  /** Places that a part can be in. */
  private static final int WAYS = 4;

  private final int sets;
  private final AtomicReferenceArray<Entry> entries;
  private final ContentHash hash;

  /** How long the part was that came behind one the last time; a guess, raced for on purpose. */
  private final int[] followers;

  /** Counts what was stored: the time by which entries age. */
  private final AtomicInteger stored = new AtomicInteger();

  private RequestMemory(int capacity) {
    this.sets = (capacity + WAYS - 1) / WAYS;
    this.entries = new AtomicReferenceArray<>(sets * WAYS);
    this.followers = new int[sets * WAYS];
    if (capacity == 0) {
      this.hash = new ContentHash(0, 0);
    } else {
      SecureRandom random = new SecureRandom();
      this.hash = new ContentHash(random.nextLong(), random.nextLong());
    }
  }

  /**
   * A memory of so many parts, of some 60 bytes each.
   *
   * @param capacity 0 for {@link #NONE}
   */
  public static RequestMemory ofParts(int capacity) {
    return capacity == 0 ? NONE : new RequestMemory(capacity);
  }

  /** Whether it remembers anything at all. */
  public boolean isOn() {
    return sets > 0;
  }

  /**
   * Hashes {@code bytes[from, to)}.
   *
   * @param target gets the lower half at {@code at}, the upper half behind it
   */
  public void hash(byte[] bytes, int from, int to, long[] target, int at) {
    hash.hash(bytes, from, to, target, at);
  }

  /** Whether any counter remembers a part. */
  public boolean contains(long high, long low) {
    if (sets > 0) {
      int first = firstOf(high);
      for (int way = 0; way < WAYS; way++) {
        Entry entry = entries.get(first + way);
        if (entry != null && entry.low == low && entry.high == high) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * How many bytes the part had that came behind that one the last time; any number if none did.
   */
  public int followerLength(long high) {
    return sets == 0 ? 0 : followers[Longs.slot(high, followers.length)];
  }

  /** A part of so many bytes has come behind that one. */
  public void followed(long high, int length) {
    if (sets > 0) {
      followers[Longs.slot(high, followers.length)] = length;
    }
  }

  /** What a part was counted to by the counter of that id; null if that is not known. */
  @Nullable Entry find(long counter, long high, long low) {
    if (sets == 0) {
      return null;
    }
    int first = firstOf(high);
    for (int way = 0; way < WAYS; way++) {
      Entry entry = entries.get(first + way);
      if (entry != null && entry.low == low && entry.high == high && entry.counter == counter) {
        entry.lastUsed = stored.get();
        return entry;
      }
    }
    return null;
  }

  /** Remembers what a part was counted to. */
  void put(long counter, ContentDigest digest, RequestTokens tokens) {
    if (sets == 0) {
      return;
    }
    Entry fresh = new Entry(counter, digest, tokens, stored.incrementAndGet());
    int first = firstOf(digest.high());
    int oldest = first;
    int greatestAge = -1;
    for (int at = first; at < first + WAYS; at++) {
      Entry entry = entries.get(at);
      if (entry == null || fresh.isSamePart(entry)) {
        oldest = at;
        break;
      }
      int age = fresh.lastUsed - entry.lastUsed;
      if (age > greatestAge) {
        greatestAge = age;
        oldest = at;
      }
    }
    entries.set(oldest, fresh);
  }

  private int firstOf(long high) {
    return Longs.slot(high, sets) * WAYS;
  }

  /** One part. Immutable but for its age, which may be off. */
  static final class Entry {
    final long counter;
    final long high;
    final long low;
    final long text;
    final long exact;
    final long rough;
    final byte marks;
    final boolean framed;
    final boolean tools;
    int lastUsed;

    Entry(long counter, ContentDigest digest, RequestTokens tokens, int now) {
      this.counter = counter;
      this.high = digest.high();
      this.low = digest.low();
      this.marks = (byte) (digest.marks() & ContentDigest.ALL_MARKS);
      this.text = tokens.text;
      this.exact = tokens.exact;
      this.rough = tokens.rough;
      this.framed = tokens.framed;
      this.tools = tokens.tools;
      this.lastUsed = now;
    }

    boolean isSamePart(Entry other) {
      return low == other.low && high == other.high && counter == other.counter;
    }
  }
}
