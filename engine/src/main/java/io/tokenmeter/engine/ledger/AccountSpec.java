package io.tokenmeter.engine.ledger;

import java.nio.charset.StandardCharsets;

/**
 * What an account's row says of itself for good.
 *
 * @param rule hash that finds the rule's rows among all others
 * @param shape over what time its limit holds
 * @param unit what it counts
 * @param windowEnd of a calendar account: epoch ms; {@link Long#MAX_VALUE} for one that never ends
 * @param period ms: of a bucket, in what time its rate flows in; of a rolling account, one {@link
 *     Rolling#STEPS}th of its length; of a session, how long it may be idle
 * @param rate of a bucket: how many units flow in during a period
 * @param label whom the row is for, for people; cut off after {@value LedgerDescriptor#LABEL_BYTES}
 *     bytes of UTF-8
 */
public record AccountSpec(
    long rule,
    AccountShape shape,
    AccountUnit unit,
    long windowEnd,
    long period,
    long rate,
    String label) {

  /** An account that ends at a moment, or never: {@link Long#MAX_VALUE}. */
  public static AccountSpec until(long windowEnd, long rule, AccountUnit unit, String label) {
    return new AccountSpec(rule, AccountShape.CALENDAR, unit, windowEnd, 0, 0, label);
  }

  /** A bucket that is refilled by a rate in each period. */
  public static AccountSpec refill(
      long rate, long periodMillis, long rule, AccountUnit unit, String label) {
    return new AccountSpec(
        rule, AccountShape.REFILL, unit, Long.MAX_VALUE, periodMillis, rate, label);
  }

  /** An account over any stretch of time of a length. */
  public static AccountSpec rolling(long lengthMillis, long rule, AccountUnit unit, String label) {
    long step = Math.max(1, (lengthMillis + Rolling.STEPS - 1) / Rolling.STEPS);
    return new AccountSpec(rule, AccountShape.ROLLING, unit, Long.MAX_VALUE, step, 0, label);
  }

  /** An account that ends when it has been idle for so long. */
  public static AccountSpec session(long idleMillis, long rule, AccountUnit unit, String label) {
    return new AccountSpec(rule, AccountShape.SESSION, unit, Long.MAX_VALUE, idleMillis, 0, label);
  }

  /** A label as a row keeps it. */
  public static String cutLabel(String label) {
    return new String(Rows.labelBytes(label), StandardCharsets.UTF_8);
  }

  static AccountSpec spend(long windowEnd, long rule, String label) {
    return new AccountSpec(rule, AccountShape.SPEND, AccountUnit.TOKENS, windowEnd, 0, 0, label);
  }

  long kind() {
    return shape.ordinal() | (long) unit.ordinal() << Byte.SIZE;
  }

  static AccountShape shape(long kind) {
    return AccountShape.of((int) kind & 0xff);
  }

  static AccountUnit unit(long kind) {
    return AccountUnit.of((int) (kind >>> Byte.SIZE) & 0xff);
  }
}
