package io.tokenmeter.engine.budgets;

import io.tokenmeter.engine.ledger.LedgerHold;

/** A hold in the ledger, as a call sees it. */
record LedgerBackedHold(LedgerHold hold) implements Admission.Hold {
  /** For a call that no budget matches. */
  static final Admission.Hold NOTHING =
      new Admission.Hold() {
        @Override
        public void settle(long tokens, long nanoUsd) {}

        @Override
        public void release() {}
      };

  @Override
  public void settle(long tokens, long nanoUsd) {
    hold.settle(tokens, nanoUsd);
  }

  @Override
  public void release() {
    hold.release();
  }
}
