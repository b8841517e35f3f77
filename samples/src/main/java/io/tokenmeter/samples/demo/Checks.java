package io.tokenmeter.samples.demo;

/** Prints what was checked and remembers whether all of it held. */
final class Checks {
  private int held;
  private int failed;

  void that(String what, boolean holds) {
    System.out.println((holds ? "  ok      " : "  FAILED  ") + what);
    if (holds) {
      held++;
    } else {
      failed++;
    }
  }

  /** That two figures which were come by in different ways are the same. */
  void equal(String what, long one, long other) {
    that(what + ": " + one + " and " + other, one == other);
  }

  void atMost(String what, long figure, long bound) {
    that(what + ": " + figure + " and " + bound, figure <= bound);
  }

  /** Prints the counts; returns whether everything held. */
  boolean summary() {
    System.out.println();
    System.out.println(held + " checks held, " + failed + " failed");
    return failed == 0;
  }
}
