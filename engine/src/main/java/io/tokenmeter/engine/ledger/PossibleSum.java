package io.tokenmeter.engine.ledger;

import java.util.ArrayList;
import java.util.List;

/** A sum of amounts of which each is one of two, nobody knows which. */
final class PossibleSum {
  /** With more amounts that are not certain every sum above the least is taken for possible. */
  private static final int MOST_UNCERTAIN = 16;

  private final List<Long> uncertain = new ArrayList<>();
  private long certain;

  /** Both at least 0. */
  void add(long either, long or) {
    certain = Saturating.add(certain, Math.min(either, or));
    if (either != or) {
      uncertain.add(Math.abs(either - or));
    }
  }

  /** Whether it can be this. */
  boolean canBe(long sum) {
    long rest = sum - certain;
    return uncertain.size() > MOST_UNCERTAIN ? rest >= 0 : canBe(rest, 0);
  }

  private boolean canBe(long rest, int from) {
    if (rest <= 0 || from == uncertain.size()) {
      return rest == 0;
    }
    return canBe(rest, from + 1) || canBe(rest - uncertain.get(from), from + 1);
  }
}
