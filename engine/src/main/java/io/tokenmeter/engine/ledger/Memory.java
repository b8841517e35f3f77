package io.tokenmeter.engine.ledger;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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

  private final ByteBuffer buffer;

  /** The buffer must be direct and start at a multiple of eight: only there is a CAS atomic. */
  Memory(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  static Memory inProcess(long length) {
    int slack = 64;
    return new Memory(
        ByteBuffer.allocateDirect(Math.toIntExact(length) + slack).alignedSlice(slack));
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
    long before;
    do {
      before = getVolatile(offset);
    } while (!compareAndSet(offset, before, Saturating.add(before, amount)));
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
