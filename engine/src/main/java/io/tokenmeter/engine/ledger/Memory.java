package io.tokenmeter.engine.ledger;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The words of a ledger, in a mapped file or in this process alone. Offsets are in bytes and
 * multiples of eight. Stays readable and writable after the ledger was closed, until it is
 * unreachable, so that a late settle cannot touch memory that is gone.
 *
 * <p>Not final: the crash tests stop before every single write.
 */
class Memory {
  private static final VarHandle WORDS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Maps the first so many bytes of a file that has grown. */
  interface Mapping {
    ByteBuffer map(long length) throws IOException;
  }

  private final @Nullable Mapping mapping;

  /** The same words as the one before, and more of them. */
  private volatile ByteBuffer buffer;

  /** The buffer must be direct and start at a multiple of eight: only there is a CAS atomic. */
  Memory(ByteBuffer buffer) {
    this(buffer, null);
  }

  Memory(ByteBuffer buffer, @Nullable Mapping mapping) {
    this.buffer = buffer;
    this.mapping = mapping;
  }

  static Memory inProcess(long length) {
    int slack = 64;
    return new Memory(
        ByteBuffer.allocateDirect(Math.toIntExact(length) + slack).alignedSlice(slack));
  }

  /** How many bytes can be reached. */
  int length() {
    return buffer.capacity();
  }

  /**
   * Makes more of the file reachable. What was reachable stays so.
   *
   * @return false if it cannot be mapped, or is not there
   */
  boolean reach(long length) {
    if (length <= buffer.capacity()) {
      return true;
    }
    if (mapping == null) {
      return false;
    }
    synchronized (this) {
      try {
        if (length > buffer.capacity()) {
          buffer = mapping.map(length);
        }
        return true;
      } catch (IOException | RuntimeException | InternalError unreadable) {
        return false;
      }
    }
  }

  /**
   * What can be reached now, to be kept in a variable over several accesses of one call: the
   * just-in-time compiler would otherwise look it up again after each of them, for each might have
   * changed it.
   */
  ByteBuffer words() {
    return buffer;
  }

  long get(int offset) {
    return get(buffer, offset);
  }

  long get(ByteBuffer words, int offset) {
    return (long) WORDS.getAcquire(words, offset);
  }

  /**
   * Reads without any order, for a decision that an atomic operation on the same word confirms.
   * Unordered accesses side by side share their checks.
   */
  long peek(ByteBuffer words, int offset) {
    return (long) WORDS.get(words, offset);
  }

  /**
   * Writes what nobody reads before the next {@link #set} of the same thread, or who knows that it
   * may be half done.
   */
  void prepare(ByteBuffer words, int offset, long value) {
    WORDS.set(words, offset, value);
  }

  long getVolatile(int offset) {
    return getVolatile(buffer, offset);
  }

  long getVolatile(ByteBuffer words, int offset) {
    return (long) WORDS.getVolatile(words, offset);
  }

  final void set(int offset, long value) {
    set(buffer, offset, value);
  }

  void set(ByteBuffer words, int offset, long value) {
    WORDS.setRelease(words, offset, value);
  }

  void setVolatile(int offset, long value) {
    WORDS.setVolatile(buffer, offset, value);
  }

  final boolean compareAndSet(int offset, long expected, long value) {
    return compareAndSet(buffer, offset, expected, value);
  }

  boolean compareAndSet(ByteBuffer words, int offset, long expected, long value) {
    return WORDS.compareAndSet(words, offset, expected, value);
  }

  final long getAndAdd(int offset, long delta) {
    return getAndAdd(buffer, offset, delta);
  }

  long getAndAdd(ByteBuffer words, int offset, long delta) {
    return (long) WORDS.getAndAdd(words, offset, delta);
  }

  /** Adds to a word that stays at {@link Long#MAX_VALUE} for good once it got there. */
  void addSaturating(int offset, long amount) {
    addSaturating(buffer, offset, amount);
  }

  void addSaturating(ByteBuffer words, int offset, long amount) {
    long before = peek(words, offset);
    if (Saturating.isFarFromOverflow(before, amount)) {
      getAndAdd(words, offset, amount);
      return;
    }
    while (!compareAndSet(words, offset, before, Saturating.add(before, amount))) {
      before = peek(words, offset);
    }
  }

  /** Takes an amount out of such a word and puts another one in, in one step. */
  void replaceSaturating(ByteBuffer words, int offset, long out, long in) {
    long before = peek(words, offset);
    if (before >= out && Saturating.isFarFromOverflow(before, out | in)) {
      getAndAdd(words, offset, in - out);
      return;
    }
    while (!compareAndSet(words, offset, before, Saturating.replace(before, out, in))) {
      before = peek(words, offset);
    }
  }

  /** Raises a word to at least a value. */
  void raise(int offset, long value) {
    long before;
    do {
      before = getVolatile(offset);
    } while (before < value && !compareAndSet(offset, before, value));
  }

  void getBytes(int offset, byte[] into) {
    buffer.get(offset, into);
  }

  void putBytes(int offset, byte[] bytes) {
    buffer.put(offset, bytes);
  }

  void clear(int offset, int length) {
    for (int at = offset; at < offset + length; at += Long.BYTES) {
      set(at, 0);
    }
  }
}
