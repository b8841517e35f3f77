package io.tokenmeter.engine.ledger;

import java.nio.ByteBuffer;

/** Words that a process dies over: its write number {@code writes + 1} does not happen. */
final class CrashingMemory extends Memory {
  private long left;

  CrashingMemory(ByteBuffer buffer, long writes) {
    super(buffer);
    left = writes;
  }

  /** Stands for the death of the process: nothing of the ledger may catch it. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1;

    Crash() {
      super("crash", null, false, false);
    }
  }

  private void write() {
    if (left-- <= 0) {
      throw new Crash();
    }
  }

  @Override
  void set(ByteBuffer words, int offset, long value) {
    write();
    super.set(words, offset, value);
  }

  @Override
  void prepare(ByteBuffer words, int offset, long value) {
    write();
    super.prepare(words, offset, value);
  }

  @Override
  void setVolatile(int offset, long value) {
    write();
    super.setVolatile(offset, value);
  }

  @Override
  boolean compareAndSet(ByteBuffer words, int offset, long expected, long value) {
    write();
    return super.compareAndSet(words, offset, expected, value);
  }

  @Override
  long getAndAdd(ByteBuffer words, int offset, long delta) {
    write();
    return super.getAndAdd(words, offset, delta);
  }

  @Override
  void putBytes(int offset, byte[] bytes) {
    write();
    super.putBytes(offset, bytes);
  }
}
