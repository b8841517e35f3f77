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
  void set(int offset, long value) {
    point.write();
    super.set(offset, value);
  }

  @Override
  void setVolatile(int offset, long value) {
    point.write();
    super.setVolatile(offset, value);
  }

  @Override
  boolean compareAndSet(int offset, long expected, long value) {
    point.write();
    return super.compareAndSet(offset, expected, value);
  }

  @Override
  long getAndAdd(int offset, long delta) {
    point.write();
    return super.getAndAdd(offset, delta);
  }

  @Override
  void putBytes(int offset, byte[] bytes) {
    point.write();
    super.putBytes(offset, bytes);
  }
}
