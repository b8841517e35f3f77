package io.tokenmeter.engine.budgets;

import io.tokenmeter.engine.ledger.AccountSpec;
import io.tokenmeter.engine.ledger.AccountUnit;
import io.tokenmeter.engine.ledger.KeyHash;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.LedgerHold;
import java.time.Instant;

/**
 * A grant of one rule, as calls look at it. It has a row of its own in the ledger, from which all
 * processes draw: no two of them spend the same part of it. The row is found by the budget's name,
 * its unit and the grant's id, so that a changed window of the rule leaves the grant as it is.
 */
final class GrantRow {
  private final Grant grant;
  private final Ledger ledger;
  private final Raise.Scope scope;
  private final AccountUnit unit;
  private final long from;
  private final long until;
  private final long identity;
  private final long keyHigh;
  private final long keyLow;

  GrantRow(Grant grant, RuleRows rule, Ledger ledger) {
    this.grant = grant;
    this.ledger = ledger;
    this.scope = new Raise.Scope(grant.scope(), rule);
    this.unit = rule.unit();
    this.from = grant.effective().toEpochMilli();
    this.until = millis(grant.expires());
    this.identity = identity(grant, ledger);
    this.keyHigh = KeyHash.high(identity);
    this.keyLow = KeyHash.low(~identity);
  }

  private static long millis(Instant expires) {
    return expires.equals(Instant.MAX) ? Long.MAX_VALUE : expires.toEpochMilli();
  }

  /** What the row of a grant carries as the hash of its rule. */
  static long identity(Grant grant, Ledger ledger) {
    long hash = KeyHash.mix(KeyHash.mix(ledger.hashSeed(), "grant"), grant.budget());
    return KeyHash.mix(KeyHash.mix(hash, grant.unit().name()), grant.id());
  }

  Grant grant() {
    return grant;
  }

  long amount() {
    return grant.amount();
  }

  boolean isActive(long now) {
    return from <= now && now < until;
  }

  boolean hasExpired(long now) {
    return now >= until;
  }

  boolean isFor(CallKeys call) {
    return scope.has(call);
  }

  boolean isForLabel(String label) {
    return scope.hasLabel(label);
  }

  /**
   * Whether it pays before the limit does.
   *
   * @param limitLapses when what is left of the limit is lost, epoch ms
   */
  boolean paysBefore(long limitLapses) {
    return grant.priority() < 0 || (grant.priority() == 0 && until <= limitLapses);
  }

  /** Its row; 0 if nobody has drawn on it. */
  long find() {
    return ledger.find(keyHigh, keyLow);
  }

  /** Its row, created if need be; 0 if there is no room. */
  long row(LedgerHold hold) {
    long ref = find();
    return ref != 0
        ? ref
        : hold.create(
            keyHigh,
            keyLow,
            AccountSpec.until(until, identity, unit, "grant " + grant.id()),
            false);
  }

  /** What calls may still draw; less than 0 if a call cost more than it held. */
  long room() {
    long ref = find();
    return ref == 0 ? grant.amount() : grant.amount() - ledger.state(ref).committed();
  }

  /** The same, if all that calls hold of it came back. */
  long roomUnheld() {
    long ref = find();
    return ref == 0 ? grant.amount() : grant.amount() - ledger.state(ref).settled();
  }
}
