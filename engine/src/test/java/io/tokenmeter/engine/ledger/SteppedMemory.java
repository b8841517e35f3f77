package io.tokenmeter.engine.ledger;

import java.nio.ByteBuffer;

/** Words whose every reading and writing is a step of {@link Interleavings}. */
final class SteppedMemory extends Memory {
  static final Step NONE = (offset, writes) -> {};

  /** Comes before a word is read or written. */
  interface Step {
    void take(int offset, boolean writes);
  }

  private final ByteBuffer buffer;
  private volatile Step step = NONE;

  SteppedMemory(ByteBuffer buffer) {
    super(buffer);
    this.buffer = buffer;
  }

  /** The same words, without steps. */
  ByteBuffer buffer() {
    return buffer;
  }

  void onEachStep(Step step) {
    this.step = step;
  }

  @Override
  long get(int offset) {
    step.take(offset, false);
    return super.get(offset);
  }

  @Override
  long getVolatile(int offset) {
    step.take(offset, false);
    return super.getVolatile(offset);
  }

  @Override
  void set(int offset, long value) {
    step.take(offset, true);
    super.set(offset, value);
  }

  @Override
  void setVolatile(int offset, long value) {
    step.take(offset, true);
    super.setVolatile(offset, value);
  }

  @Override
  boolean compareAndSet(int offset, long expected, long value) {
    step.take(offset, true);
    return super.compareAndSet(offset, expected, value);
  }

  @Override
  long getAndAdd(int offset, long delta) {
    step.take(offset, true);
    return super.getAndAdd(offset, delta);
  }
}
