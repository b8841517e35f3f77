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

  long get(int offset) {
    return (long) WORDS.getAcquire(buffer, offset);
  }

  long getVolatile(int offset) {
    return (long) WORDS.getVolatile(buffer, offset);
  }

  void set(int offset, long value) {
    WORDS.setRelease(buffer, offset, value);
  }

  void setVolatile(int offset, long value) {
    WORDS.setVolatile(buffer, offset, value);
  }

  boolean compareAndSet(int offset, long expected, long value) {
    return WORDS.compareAndSet(buffer, offset, expected, value);
  }

  long getAndAdd(int offset, long delta) {
    return (long) WORDS.getAndAdd(buffer, offset, delta);
  }

  /** Adds to a word that stays at {@link Long#MAX_VALUE} for good once it got there. */
  void addSaturating(int offset, long amount) {
    long before = get(offset);
    if (Saturating.isFarFromOverflow(before, amount)) {
      getAndAdd(offset, amount);
      return;
    }
    while (!compareAndSet(offset, before, Saturating.add(before, amount))) {
      before = get(offset);
    }
  }

  /** Takes an amount out of such a word and puts another one in, in one step. */
  void replaceSaturating(int offset, long out, long in) {
    long before = get(offset);
    if (before >= out && Saturating.isFarFromOverflow(before, out | in)) {
      getAndAdd(offset, in - out);
      return;
    }
    while (!compareAndSet(offset, before, Saturating.replace(before, out, in))) {
      before = get(offset);
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
