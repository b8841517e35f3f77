package io.tokenmeter.engine.ledger;

import java.nio.charset.StandardCharsets;

/**
 * What a budget's row says of itself. A row with the same key always has the same: whichever
 * process is first writes it, and any other may finish the writing.
 *
 * @param rule hash that finds the rule's rows among all others
 * @param refill whether it is a refilling bucket; otherwise the row ends with its window
 * @param unit what it counts
 * @param windowEnd epoch ms; {@link Long#MAX_VALUE} for a refilling bucket
 * @param rate of a refilling bucket: its capacity, and what flows in during a minute; else 0
 * @param label whom the row is for, for people; cut off after {@value LedgerDescriptor#LABEL_BYTES}
 *     bytes of UTF-8
 */
public record AccountSpec(
    long rule, boolean refill, AccountUnit unit, long windowEnd, long rate, String label) {

  /** A label as a row keeps it. */
  public static String cutLabel(String label) {
    return new String(Rows.labelBytes(label), StandardCharsets.UTF_8);
  }

  AccountKind kind() {
    return AccountKind.budget(refill, unit);
  }
}
