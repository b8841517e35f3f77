package io.tokenmeter.engine.ledger;

/**
 * A budget's row at one moment.
 *
 * @param rule hash of its rule
 * @param label whom it is for
 * @param windowEnd when its window ends, epoch ms; {@link Long#MAX_VALUE} if it never does; when a
 *     bucket would be full, a rolling window empty, a session over
 * @param settled charged in this window; of a bucket, what has not flowed in again
 * @param held by calls that have not ended
 */
public record AccountState(long rule, String label, long windowEnd, long settled, long held) {
  /** Settled and held together. */
  public long committed() {
    return Saturating.add(settled, held);
  }
}
