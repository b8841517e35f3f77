package io.tokenmeter.tokenizers;

/**
 * Bytes, appended at the end and consumed at the start, with {@link Longs#PADDING} behind them.
 * Reusable, not thread-safe.
 */
final class ByteQueue {
  private static final int INITIAL = 4096;

  private byte[] bytes = new byte[INITIAL + Longs.PADDING];
  private int start;
  private int end;

  /** The content is between {@link #start()} and {@link #end()}. */
  byte[] bytes() {
    return bytes;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  int length() {
    return end - start;
  }

  /** Consumes everything before that index. */
  void startAt(int index) {
    start = index;
  }

  void append(byte[] source, int from, int to) {
    ensureRoom(to - from);
    System.arraycopy(source, from, bytes, end, to - from);
    end += to - from;
  }

  void append(byte value) {
    ensureRoom(1);
    bytes[end++] = value;
  }

  void appendCodePoint(int codePoint) {
    ensureRoom(4);
    if (codePoint < 0x80) {
      bytes[end++] = (byte) codePoint;
    } else if (codePoint < 0x800) {
      bytes[end++] = (byte) (0xC0 | codePoint >> 6);
      appendContinuation(codePoint);
    } else if (codePoint < 0x10000) {
      bytes[end++] = (byte) (0xE0 | codePoint >> 12);
      appendContinuation(codePoint >> 6);
      appendContinuation(codePoint);
    } else {
      bytes[end++] = (byte) (0xF0 | codePoint >> 18);
      appendContinuation(codePoint >> 12);
      appendContinuation(codePoint >> 6);
      appendContinuation(codePoint);
    }
  }

  private void appendContinuation(int bits) {
    bytes[end++] = (byte) (0x80 | (bits & 0x3F));
  }

  void clear() {
    start = 0;
    end = 0;
    if (bytes.length > 4 * INITIAL) {
      bytes = new byte[INITIAL + Longs.PADDING];
    }
  }

  void copyFrom(ByteQueue other) {
    start = 0;
    end = 0;
    append(other.bytes, other.start, other.end);
  }

  /** Moves the content to the front, and only if that is not enough grows. */
  private void ensureRoom(int more) {
    if (end + more + Longs.PADDING <= bytes.length) {
      return;
    }
    byte[] target = bytes;
    if (2L * (length() + (long) more) + Longs.PADDING > bytes.length) {
      long wanted = Math.max(2L * bytes.length, 2L * (length() + (long) more) + Longs.PADDING);
      target = new byte[(int) Math.min(wanted, Integer.MAX_VALUE - 16)];
    }
    System.arraycopy(bytes, start, target, 0, length());
    bytes = target;
    end -= start;
    start = 0;
  }
}
