package io.tokenmeter.engine.ledger;

/**
 * Ends what stands for a process at one of its writes, be it to mapped memory or to a file: all
 * those before are done, it and all after it are not.
 */
public final class CrashPoint {
  private long left;

  private CrashPoint(long writes) {
    this.left = writes;
  }

  /** Ends what stands for a process, after so many writes. */
  public static CrashPoint after(long writes) {
    return new CrashPoint(writes);
  }

  /** From now on so many writes are left. */
  public void arm(long writes) {
    left = writes;
  }

  /** To be called before each write. */
  void write() {
    if (isReached()) {
      die();
    }
  }

  /** Counts a step; whether it is the last one that happens. */
  boolean isReached() {
    return left-- <= 0;
  }

  void die() {
    left = 0;
    throw new Crash();
  }

  /** Stands for the death of the process: nothing of ours may catch it. */
  public static final class Crash extends Error {
    private static final long serialVersionUID = 1;

    Crash() {
      super("crash", null, false, false);
    }
  }
}
