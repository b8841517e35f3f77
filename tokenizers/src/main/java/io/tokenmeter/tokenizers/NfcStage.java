package io.tokenmeter.tokenizers;

import java.util.Arrays;

/**
 * Normalisation form C: the normaliser {@code NFC}. Text that is normalised already, as nearly all
 * is, passes through as it is; what may not be is decomposed, put in order and composed. It holds
 * the text back from the last character on that later text may be joined to. Linear, but for the
 * order of marks, which are sorted.
 */
final class NfcStage extends Stage {
  /** No character before it is changed by the normalisation, or joins the one before it. */
  private static final int FIRST_JOINING = 0x300;

  private final ByteQueue held = new ByteQueue();
  private final ByteQueue output = new ByteQueue();

  /** Where the part begins that later text may be joined to, from the start of {@link #held}. */
  private int part;

  /** How much of {@link #held} was looked at. */
  private int scanned;

  /** Whether a character of the part may have to be changed. */
  private boolean dirty;

  private int[] codePoints = new int[64];
  private int count;
  private long[] marks = new long[16];

  NfcStage(Stage next) {
    super(next);
  }

  @Override
  void append(byte[] utf8, int from, int to) {
    held.append(utf8, from, to);
    scan();
    release(part);
  }

  private void scan() {
    byte[] bytes = held.bytes();
    int start = held.start();
    int end = held.end();
    int at = start + scanned;
    while (at < end) {
      int codePoint = bytes[at] >= 0 ? bytes[at] : Utf8.codePoint(bytes, at);
      if (codePoint >= FIRST_JOINING && UnicodeData.isJoining(codePoint)) {
        dirty = true;
      } else {
        if (dirty) {
          releaseDirty(at - start);
          start = held.start();
        }
        part = at - start;
      }
      at += CharClasses.width(bytes, at);
    }
    scanned = end - start;
  }

  /** Hands on what is before that place, where the part begins, as it is. */
  private void release(int length) {
    if (length > 0) {
      int start = held.start();
      next().append(held.bytes(), start, start + length);
      consume(length);
    }
  }

  /** Hands on the text before the part as it is, and the part, which ends there, normalised. */
  private void releaseDirty(int partEnd) {
    int partLength = partEnd - part;
    release(part);
    normalize(held.bytes(), held.start(), held.start() + partLength);
    consume(partLength);
    dirty = false;
  }

  private void consume(int length) {
    held.startAt(held.start() + length);
    part -= Math.min(part, length);
    scanned -= Math.min(scanned, length);
  }

  private void normalize(byte[] utf8, int from, int to) {
    count = 0;
    for (int at = from; at < to; at += CharClasses.width(utf8, at)) {
      decompose(Utf8.codePoint(utf8, at));
    }
    order();
    compose();
    for (int i = 0; i < count; i++) {
      output.appendCodePoint(codePoints[i]);
    }
    next().append(output.bytes(), output.start(), output.end());
    output.clear();
  }

  private void decompose(int codePoint) {
    if (UnicodeData.Hangul.isSyllable(codePoint)) {
      put(codePoint); // composes to itself again, and with a trailing consonant only as a whole
      return;
    }
    int[] decomposition = UnicodeData.decomposition(codePoint);
    if (decomposition == null) {
      put(codePoint);
    } else {
      for (int part : decomposition) {
        put(part);
      }
    }
  }

  private void put(int codePoint) {
    if (count == codePoints.length) {
      codePoints = Arrays.copyOf(codePoints, 2 * count);
    }
    codePoints[count++] = codePoint;
  }

  /** Sorts each run of marks by combining class; those of one class stay in order. */
  private void order() {
    for (int from = 0; from < count; from++) {
      int to = from;
      while (to < count && UnicodeData.combiningClass(codePoints[to]) != 0) {
        to++;
      }
      if (to - from > 1) {
        sort(from, to);
      }
      from = to;
    }
  }

  private void sort(int from, int to) {
    int length = to - from;
    if (length > marks.length) {
      marks = new long[2 * length];
    }
    for (int i = 0; i < length; i++) {
      long combiningClass = UnicodeData.combiningClass(codePoints[from + i]);
      marks[i] = combiningClass << 52 | (long) i << 21 | codePoints[from + i];
    }
    Arrays.sort(marks, 0, length);
    for (int i = 0; i < length; i++) {
      codePoints[from + i] = (int) marks[i] & 0x1F_FFFF;
    }
  }

  private void compose() {
    int length = 0;
    int starter = -1;
    int lastClass = 0;
    for (int i = 0; i < count; i++) {
      int codePoint = codePoints[i];
      int combiningClass = UnicodeData.combiningClass(codePoint);
      boolean adjacent = starter == length - 1;
      if (starter >= 0 && (adjacent || lastClass < combiningClass)) {
        int composed = UnicodeData.composed(codePoints[starter], codePoint);
        if (composed >= 0) {
          codePoints[starter] = composed;
          continue;
        }
      }
      if (combiningClass == 0) {
        starter = length;
      }
      lastClass = combiningClass;
      codePoints[length++] = codePoint;
    }
    count = length;
  }

  @Override
  void endSection() {
    if (dirty) {
      releaseDirty(held.length());
    } else {
      release(held.length());
    }
    clear();
    next().endSection();
  }

  private void clear() {
    held.clear();
    part = 0;
    scanned = 0;
    dirty = false;
    if (codePoints.length > 4096) {
      codePoints = new int[64];
      marks = new long[16];
    }
  }

  @Override
  void reset() {
    clear();
    next().reset();
  }

  @Override
  void copyFrom(Stage other) {
    NfcStage source = (NfcStage) other;
    held.copyFrom(source.held);
    part = source.part;
    scanned = source.scanned;
    dirty = source.dirty;
    next().copyFrom(source.next());
  }
}
