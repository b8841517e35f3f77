package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.AccountSpec;
import io.tokenmeter.engine.ledger.AccountState;
import io.tokenmeter.engine.ledger.AccountUnit;
import io.tokenmeter.engine.ledger.KeyHash;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.LedgerHold;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A rule over a ledger: which row of it a call falls into.
 *
 * <p>A row's key is the rule's name, unit, window and zone, the number of the window, and the
 * values of the keys that split it. What may be changed without losing what was spent is not in it:
 * the limit, the selectors, hard or not. A refilling bucket's row reckons in its rate, so there a
 * changed limit starts a full bucket.
 *
 * <p>Where the ledger has no room for one more row of the rule, all calls that have none share one
 * overflow row until the window ends, under the limit of a single row: too strict rather than too
 * lax. Where there is not even room for that, a hard rule refuses.
 */
final class RuleRows {
  private static final String OVERFLOW = "(others: the ledger is full)";

  private final BudgetRule rule;
  private final Ledger ledger;
  private final Matcher matcher;
  private final WindowClock windows;
  private final String[] per;
  private final boolean refill;
  private final AccountUnit unit;
  private final long identity;
  private final Raise[] raises;
  private final GrantRow[] grants;

  RuleRows(BudgetRule rule, Ledger ledger, Allowances allowances) {
    this.rule = rule;
    this.ledger = ledger;
    this.matcher = new Matcher(rule.match());
    this.windows = new WindowClock(rule.window(), rule.zone());
    this.per = rule.per().toArray(new String[0]);
    this.refill = rule.window() == BudgetRule.Window.MINUTE;
    this.unit = unit(rule.unit());
    long hash = KeyHash.mix(KeyHash.mix(ledger.hashSeed(), "budget"), rule.name());
    hash = KeyHash.mix(KeyHash.mix(hash, rule.unit().name()), rule.window().name());
    hash = refill ? KeyHash.mix(hash, rule.limit()) : KeyHash.mix(hash, rule.zone().getId());
    for (String key : per) {
      hash = KeyHash.mix(hash, key);
    }
    this.identity = hash;
    this.raises =
        allowances.overrides().stream()
            .filter(raise -> raise.budget().equals(rule.name()) && raise.unit() == rule.unit())
            .map(raise -> new Raise(raise, this))
            .toArray(Raise[]::new);
    this.grants =
        Stream.concat(rule.grants().stream(), allowances.grants().stream())
            .filter(grant -> grant.budget().equals(rule.name()) && grant.unit() == rule.unit())
            .sorted(Grant.DRAINED_FIRST)
            .map(grant -> new GrantRow(grant, this, ledger))
            .toArray(GrantRow[]::new);
  }

  private static AccountUnit unit(Budget.Unit unit) {
    return switch (unit) {
      case TOKENS -> AccountUnit.TOKENS;
      case USD -> AccountUnit.NANO_USD;
      case CALLS -> AccountUnit.CALLS;
    };
  }

  BudgetRule rule() {
    return rule;
  }

  boolean matches(CallKeys call) {
    return matcher.matches(call);
  }

  /** What finds the rule's rows in the ledger, whatever its limit and selectors are. */
  long identity() {
    return identity;
  }

  /** What a call's row may spend in its window: the limit, and what people have laid on it. */
  long limit(CallKeys call, long now) {
    long limit = rule.limit();
    for (Raise raise : raises) {
      if (raise.isInForce(now) && raise.isFor(call)) {
        limit = raise.onTop(limit);
      }
    }
    return limit;
  }

  /** The same for a row that is known by its label. */
  long limitOf(String label, long now) {
    long limit = rule.limit();
    for (Raise raise : raises) {
      if (raise.isInForce(now) && raise.isForLabel(label)) {
        limit = raise.onTop(limit);
      }
    }
    return limit;
  }

  /**
   * What pays for a call, in this order; null stands for the limit.
   *
   * @return null where the limit pays alone, as it does as a rule
   */
  @Nullable GrantRow @Nullable [] sources(CallKeys call, long now) {
    if (grants.length == 0) {
      return null;
    }
    List<@Nullable GrantRow> sources = new ArrayList<>();
    long limitLapses = refill ? now : windows.at(now).end();
    boolean limitStands = false;
    for (GrantRow grant : grants) {
      if (grant.isActive(now) && grant.isFor(call)) {
        if (!limitStands && !grant.paysBefore(limitLapses)) {
          sources.add(null);
          limitStands = true;
        }
        sources.add(grant);
      }
    }
    if (sources.isEmpty()) {
      return null;
    }
    if (!limitStands) {
      sources.add(null);
    }
    return sources.toArray(new @Nullable GrantRow[0]);
  }

  GrantRow[] grants() {
    return grants;
  }

  /** What grants may still pay for a row that is known by its label. */
  long grantRoomOf(String label, long now) {
    long room = 0;
    for (GrantRow grant : grants) {
      if (grant.isActive(now) && grant.isForLabel(label)) {
        room += grant.room();
      }
    }
    return room;
  }

  AccountUnit unit() {
    return unit;
  }

  /** The same for a row of the ledger. */
  long limitOfRow(long ref, long now) {
    return raises.length == 0 ? rule.limit() : limitOf(ledger.state(ref).label(), now);
  }

  /** Whether an account in the ledger is a row of this rule in the window of now. */
  boolean owns(AccountState account, long now) {
    return account.rule() == accountRule()
        && (refill || account.windowEnd() == windows.at(now).end());
  }

  /** A bucket of an earlier clock era is none of ours any more. */
  long accountRule() {
    return refill ? KeyHash.mix(identity, ledger.clockEra()) : identity;
  }

  /** Which of the amounts counts in this rule's unit. */
  long amount(long tokens, long nanoUsd, long calls) {
    return unit.of(tokens, nanoUsd, calls);
  }

  /** The row of a call now, created if need be; 0 if there is no room. */
  long row(CallKeys call, LedgerHold hold, long now) {
    long window = refill ? ledger.clockEra() : windows.at(now).number();
    long ref = ledger.find(high(call, window), low(call, window));
    return ref != 0 ? ref : createRow(call, hold, now, window);
  }

  private long createRow(CallKeys call, LedgerHold hold, long now, long window) {
    long windowEnd = refill ? Long.MAX_VALUE : windows.at(now).end();
    long overflowHigh = KeyHash.high(KeyHash.mix(KeyHash.mix(identity, OVERFLOW), window));
    long overflowLow = KeyHash.low(KeyHash.mix(KeyHash.mix(~identity, OVERFLOW), window));
    long ref = ledger.find(overflowHigh, overflowLow);
    if (ref == 0) {
      ref = hold.create(high(call, window), low(call, window), spec(windowEnd, scope(call)), false);
    }
    if (ref == 0) {
      ref = hold.create(overflowHigh, overflowLow, spec(windowEnd, OVERFLOW), true);
    }
    return ref;
  }

  private AccountSpec spec(long windowEnd, String label) {
    long rate = refill ? rule.limit() : 0;
    return new AccountSpec(accountRule(), refill, unit, windowEnd, rate, label);
  }

  private long high(CallKeys call, long window) {
    return KeyHash.high(mixValues(KeyHash.mix(identity, window), call));
  }

  private long low(CallKeys call, long window) {
    return KeyHash.low(mixValues(KeyHash.mix(~identity, window), call));
  }

  private long mixValues(long hash, CallKeys call) {
    long mixed = hash;
    for (String key : per) {
      mixed = KeyHash.mix(mixed, value(call, key));
    }
    return mixed;
  }

  private static String value(CallKeys call, String key) {
    String value = call.get(key);
    return value == null ? "" : value;
  }

  /** What the rule asks of a call, for people. */
  String matchText() {
    return String.join(",", matchParts());
  }

  /** Whom a call's row is for: what the rule asks for, then the values that split it. */
  String scope(CallKeys call) {
    List<String> parts = matchParts();
    for (String key : per) {
      parts.add(key + "=" + value(call, key));
    }
    return String.join(",", parts);
  }

  private List<String> matchParts() {
    List<String> parts = new ArrayList<>();
    rule.match().forEach((key, value) -> parts.add(key + "=" + value));
    return parts;
  }

  /** When a row that has none yet would end, epoch ms. */
  long resetsAt(long now) {
    return refill ? now : windows.at(now).end();
  }
}
