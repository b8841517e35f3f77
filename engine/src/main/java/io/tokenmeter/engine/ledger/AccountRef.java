package io.tokenmeter.engine.ledger;

/**
 * Names one row in one of its lives, in a long: row generation : 32 | row : 24 | unit : 2 | shape :
 * 2 | phase : 4. Never 0. As an entry of a slot it carries how far the slot's owner got with that
 * row.
 */
final class AccountRef {
  /** Nothing is to be done for this entry. */
  static final int DONE = 0;

  /** The amount may or may not be in {@code committed}. */
  static final int INTENT = 1;

  /** The held amount is in {@code committed}. */
  static final int HELD = 2;

  /**
   * {@code committed} may hold either the held or the actual amount; {@code settled} neither. Only
   * recovery writes this; in a slot that is being charged HELD means the same.
   */
  static final int SETTLING = 3;

  /** The actual amount is in {@code committed}, and may or may not be in {@code settled}. */
  static final int CHARGED = 4;

  private static final int SHAPE_SHIFT = 4;
  private static final int UNIT_SHIFT = 6;
  private static final int TWO_BITS = 0x3;
  private static final long PHASE_MASK = 0xf;

  private AccountRef() {}

  static long of(int row, long generation, long kind) {
    return ((generation & 0xffff_ffffL) << 32)
        | ((long) row << 8)
        | (long) (AccountSpec.unit(kind).ordinal() & TWO_BITS) << UNIT_SHIFT
        | (long) (AccountSpec.shape(kind).ordinal() & TWO_BITS) << SHAPE_SHIFT;
  }

  static int row(long ref) {
    return (int) (ref >>> 8) & 0xff_ffff;
  }

  static int generation(long ref) {
    return (int) (ref >>> 32);
  }

  /** A spend row's is {@link AccountShape#CALENDAR}. */
  static AccountShape shape(long ref) {
    return AccountShape.of((int) (ref >>> SHAPE_SHIFT) & TWO_BITS);
  }

  static boolean isCalendar(long ref) {
    return ((ref >>> SHAPE_SHIFT) & TWO_BITS) == AccountShape.CALENDAR.ordinal();
  }

  static AccountUnit unit(long ref) {
    return AccountUnit.of((int) (ref >>> UNIT_SHIFT) & TWO_BITS);
  }

  static int phase(long entry) {
    return (int) (entry & PHASE_MASK);
  }

  static long inPhase(long entry, int phase) {
    return (entry & ~PHASE_MASK) | phase;
  }
}
