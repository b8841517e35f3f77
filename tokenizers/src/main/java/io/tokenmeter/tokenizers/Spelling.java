package io.tokenmeter.tokenizers;

import java.util.BitSet;

/**
 * What a piece is made of before anything merges. A vocabulary knows some units of text (bytes, or
 * whole characters); in the place of the others stand tokens for single bytes, or the token for the
 * unknown, or nothing. Those have spellings of two bytes that no UTF-8 begins with, so that they
 * are found in the vocabulary like all others. Immutable.
 */
final class Spelling {
  /** What stands for a unit that the vocabulary does not know. */
  enum Unknown {
    /** Its bytes, each as a token. */
    BYTES,
    /** The token for the unknown. */
    TOKEN,
    /** The token for the unknown, once for several units that follow each other. */
    FUSED_TOKEN,
    /** Nothing: it is left out, and its neighbours may merge. */
    NOTHING
  }

  /** The lowest byte that UTF-8 has no use for. */
  static final int BEYOND_UTF8 = 0xF8;

  private static final byte[] UNKNOWN_TOKEN = {(byte) 0xFC, (byte) 0x80};

  private final BitSet known;
  private final boolean unitsAreBytes;
  private final boolean complete;
  private final Unknown unknown;

  private Spelling(BitSet known, boolean unitsAreBytes, Unknown unknown) {
    this.known = known;
    this.unitsAreBytes = unitsAreBytes;
    this.complete = unitsAreBytes && known.nextClearBit(0) >= BEYOND_UTF8;
    this.unknown = unknown;
  }

  /** Units are bytes. */
  static Spelling inBytes(BitSet known, Unknown unknown) {
    return new Spelling(known, true, unknown);
  }

  /** Units are characters. */
  static Spelling inCharacters(BitSet known, Unknown unknown) {
    return new Spelling(known, false, unknown);
  }

  /** How the token of a byte is spelled, where bytes stand for unknown characters. */
  static byte[] ofByte(int value) {
    return new byte[] {(byte) (BEYOND_UTF8 | value >> 6), (byte) (0x80 | (value & 0x3F))};
  }

  /** How the token for the unknown is spelled. */
  static byte[] ofUnknown() {
    return UNKNOWN_TOKEN.clone();
  }

  /** Whether there is a unit in the piece that the vocabulary does not know. */
  boolean hasUnknown(byte[] utf8, int from, int to) {
    if (complete) {
      return false;
    }
    for (int at = from; at < to; at = unitEnd(utf8, at)) {
      if (!isKnown(utf8, at)) {
        return true;
      }
    }
    return false;
  }

  /** Appends the piece as the vocabulary spells it. */
  void spell(byte[] utf8, int from, int to, ByteQueue target) {
    boolean afterUnknown = false;
    for (int at = from; at < to; at = unitEnd(utf8, at)) {
      if (isKnown(utf8, at)) {
        target.append(utf8, at, unitEnd(utf8, at));
        afterUnknown = false;
      } else {
        spellUnknown(utf8, at, afterUnknown, target);
        afterUnknown = true;
      }
    }
  }

  private void spellUnknown(byte[] utf8, int at, boolean afterUnknown, ByteQueue target) {
    switch (unknown) {
      case BYTES -> {
        for (int i = at; i < unitEnd(utf8, at); i++) {
          int value = utf8[i] & 0xFF;
          target.append((byte) (BEYOND_UTF8 | value >> 6));
          target.append((byte) (0x80 | (value & 0x3F)));
        }
      }
      case FUSED_TOKEN -> {
        if (!afterUnknown) {
          target.append(UNKNOWN_TOKEN, 0, UNKNOWN_TOKEN.length);
        }
      }
      case TOKEN -> target.append(UNKNOWN_TOKEN, 0, UNKNOWN_TOKEN.length);
      case NOTHING -> {
        // left out
      }
    }
  }

  private boolean isKnown(byte[] utf8, int at) {
    return known.get(unitsAreBytes ? utf8[at] & 0xFF : Utf8.codePoint(utf8, at));
  }

  private int unitEnd(byte[] utf8, int at) {
    return unitsAreBytes ? at + 1 : at + CharClasses.width(utf8, at);
  }
}
