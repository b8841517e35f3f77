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
  long get(ByteBuffer words, int offset) {
    step.take(offset, false);
    return super.get(words, offset);
  }

  @Override
  long peek(ByteBuffer words, int offset) {
    step.take(offset, false);
    return super.peek(words, offset);
  }

  @Override
  long getVolatile(ByteBuffer words, int offset) {
    step.take(offset, false);
    return super.getVolatile(words, offset);
  }

  @Override
  void set(ByteBuffer words, int offset, long value) {
    step.take(offset, true);
    super.set(words, offset, value);
  }

  @Override
  void prepare(ByteBuffer words, int offset, long value) {
    step.take(offset, true);
    super.prepare(words, offset, value);
  }

  @Override
  void setVolatile(int offset, long value) {
    step.take(offset, true);
    super.setVolatile(offset, value);
  }

  @Override
  boolean compareAndSet(ByteBuffer words, int offset, long expected, long value) {
    step.take(offset, true);
    return super.compareAndSet(words, offset, expected, value);
  }

  @Override
  long getAndAdd(ByteBuffer words, int offset, long delta) {
    step.take(offset, true);
    return super.getAndAdd(words, offset, delta);
  }
}
