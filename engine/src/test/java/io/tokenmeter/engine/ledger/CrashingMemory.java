package io.tokenmeter.engine.ledger;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Words that a process dies over: its write number {@code writes + 1} does not happen. */
final class CrashingMemory extends Memory {
  private final CrashPoint point;

  CrashingMemory(ByteBuffer buffer, long writes) {
    this(buffer, null, CrashPoint.after(writes));
  }

  CrashingMemory(ByteBuffer buffer, @Nullable Mapping mapping, CrashPoint point) {
    super(buffer, mapping);
    this.point = point;
  }

  @Override
  void set(ByteBuffer words, int offset, long value) {
    point.write();
    super.set(words, offset, value);
  }

  @Override
  void prepare(ByteBuffer words, int offset, long value) {
    point.write();
    super.prepare(words, offset, value);
  }

  @Override
  void setVolatile(int offset, long value) {
    point.write();
    super.setVolatile(offset, value);
  }

  @Override
  boolean compareAndSet(ByteBuffer words, int offset, long expected, long value) {
    point.write();
    return super.compareAndSet(words, offset, expected, value);
  }

  @Override
  long getAndAdd(ByteBuffer words, int offset, long delta) {
    point.write();
    return super.getAndAdd(words, offset, delta);
  }

  @Override
  void putBytes(int offset, byte[] bytes) {
    point.write();
    super.putBytes(offset, bytes);
  }
}
