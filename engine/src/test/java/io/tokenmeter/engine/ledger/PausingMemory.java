package io.tokenmeter.engine.ledger;

import java.nio.ByteBuffer;

/** Words between two accesses to which something else happens, as if another thread had run. */
final class PausingMemory extends Memory {
  private long left = Long.MAX_VALUE;
  private Runnable meanwhile = () -> {};

  PausingMemory(ByteBuffer buffer) {
    super(buffer);
  }

  /** After so many accesses, once. */
  void after(long accesses, Runnable happens) {
    left = accesses;
    meanwhile = happens;
  }

  /** Whether it has not happened; from now on it does not. */
  boolean stop() {
    boolean pending = left >= 0;
    left = Long.MAX_VALUE;
    return pending;
  }

  private void access() {
    if (left-- == 0) {
      meanwhile.run();
    }
  }

  @Override
  long get(ByteBuffer words, int offset) {
    long value = super.get(words, offset);
    access();
    return value;
  }

  @Override
  long getVolatile(ByteBuffer words, int offset) {
    long value = super.getVolatile(words, offset);
    access();
    return value;
  }

  @Override
  long peek(ByteBuffer words, int offset) {
    long value = super.peek(words, offset);
    access();
    return value;
  }

  @Override
  void set(ByteBuffer words, int offset, long value) {
    access();
    super.set(words, offset, value);
  }

  @Override
  void prepare(ByteBuffer words, int offset, long value) {
    access();
    super.prepare(words, offset, value);
  }

  @Override
  void setVolatile(int offset, long value) {
    access();
    super.setVolatile(offset, value);
  }

  @Override
  boolean compareAndSet(ByteBuffer words, int offset, long expected, long value) {
    access();
    return super.compareAndSet(words, offset, expected, value);
  }

  @Override
  long getAndAdd(ByteBuffer words, int offset, long delta) {
    access();
    return super.getAndAdd(words, offset, delta);
  }
}
