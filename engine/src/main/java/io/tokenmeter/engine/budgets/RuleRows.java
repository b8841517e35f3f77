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
 * the limit, the burst, the selectors, hard or not. A refilling bucket's row reckons in its rate,
 * so there a changed limit is another row, which takes over what was used of the one before.
 *
 * <p>Where the ledger has no room for one more row of the rule, all calls that have none share one
 * overflow row until the window ends, under the limit of a single row: too strict rather than too
 * lax. Where there is not even room for that, a hard rule refuses.
 */
final class RuleRows {
  private static final String OVERFLOW = "(others: the ledger is full)";
  private static final String SESSION = "session";

  private final BudgetRule rule;
  private final Ledger ledger;
  private final Matcher matcher;
  private final WindowClock windows;
  private final String[] per;
  private final AccountUnit unit;
  private final long identity;
  private final Raise[] raises;
  private final GrantRow[] grants;
  private final Predecessors earlier;
  private final RowCache cache = new RowCache();

  RuleRows(BudgetRule rule, Ledger ledger, Allowances allowances) {
    this(rule, ledger, allowances, Predecessors.NONE);
  }

  RuleRows(BudgetRule rule, Ledger ledger, Allowances allowances, Predecessors earlier) {
    this.earlier = earlier;
    this.rule = rule;
    this.ledger = ledger;
    this.matcher = new Matcher(rule.match());
    this.windows = new WindowClock(rule.window(), rule.zone());
    this.per = per(rule).toArray(new String[0]);
    this.unit = unit(rule.unit());
    this.identity = identity(rule, ledger.hashSeed(), per);
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

  /** Each session has a row of its own, whatever else splits the rule. */
  private static List<String> per(BudgetRule rule) {
    if (rule.window().kind() != Window.Kind.SESSION || rule.per().contains(SESSION)) {
      return rule.per();
    }
    List<String> withSession = new ArrayList<>(rule.per());
    withSession.add(SESSION);
    return withSession;
  }

  private static AccountUnit unit(Budget.Unit unit) {
    return switch (unit) {
      case TOKENS -> AccountUnit.TOKENS;
      case USD -> AccountUnit.NANO_USD;
      case CALLS -> AccountUnit.CALLS;
    };
  }

  private static long identity(BudgetRule rule, long seed, String[] per) {
    Window window = rule.window();
    long hash = KeyHash.mix(KeyHash.mix(seed, "budget"), rule.name());
    hash = KeyHash.mix(KeyHash.mix(hash, rule.unit().name()), window.kind().name());
    hash = KeyHash.mix(KeyHash.mix(hash, window.length().toMillis()), window.start());
    if (window.isCalendar()) {
      hash = KeyHash.mix(hash, rule.zone().getId());
    } else if (window.kind() == Window.Kind.REFILL) {
      hash = KeyHash.mix(hash, rule.limit());
    }
    for (String key : per) {
      hash = KeyHash.mix(hash, key);
    }
    return hash;
  }

  BudgetRule rule() {
    return rule;
  }

  boolean matches(CallKeys call) {
    return matcher.matches(call);
  }

  /** Of a bucket: those with other limits, until a moment ago. */
  Predecessors earlier() {
    return earlier;
  }

  /** What finds the rule's rows in the ledger, whatever its limit and selectors are. */
  long identity() {
    return identity;
  }

  AccountUnit unit() {
    return unit;
  }

  /** What people have laid on top of the limit for a call. */
  long raise(CallKeys call, long now) {
    long raised = 0;
    for (Raise raise : raises) {
      if (raise.isInForce(now) && raise.isFor(call)) {
        raised = raise.onTop(raised);
      }
    }
    return raised;
  }

  /** The same for a row that is known by its label. */
  long raiseOf(String label, long now) {
    long raised = 0;
    for (Raise raise : raises) {
      if (raise.isInForce(now) && raise.isForLabel(label)) {
        raised = raise.onTop(raised);
      }
    }
    return raised;
  }

  /** The same for a row of the ledger. */
  long raiseOfRow(long ref, long now) {
    return raises.length == 0 ? 0 : raiseOf(ledger.state(ref).label(), now);
  }

  /** What a call's row may hold at most: the capacity, and what people have laid on top. */
  long most(CallKeys call, long now) {
    return raises.length == 0 ? rule.capacity() : Raise.add(rule.capacity(), raise(call, now));
  }

  /** The same for a row of the ledger. */
  long mostOfRow(long ref, long now) {
    return Raise.add(rule.capacity(), raiseOfRow(ref, now));
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
    long limitLapses = limitLapses(now);
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

  /** When what is left of the limit is lost, epoch ms: what flows all the time is lost at once. */
  private long limitLapses(long now) {
    return rule.recovers() ? now : windows.at(now).end();
  }

  GrantRow[] grants() {
    return grants;
  }

  /** What grants may still pay for a row that is known by its label. */
  long grantRoomOf(String label, long now) {
    long room = 0;
    for (GrantRow grant : grants) {
      if (grant.isActive(now) && grant.isForLabel(label)) {
        room = Raise.add(room, grant.room());
      }
    }
    return room;
  }

  /** What grants can pay for a call at a moment to come, if all that is held comes back. */
  long grantRoomBy(CallKeys call, long at) {
    long room = 0;
    for (GrantRow grant : grants) {
      if (grant.isActive(at) && grant.isFor(call)) {
        room = Raise.add(room, grant.roomUnheld());
      }
    }
    return room;
  }

  /** Whether an account in the ledger is a row of this rule in the window of now. */
  boolean owns(AccountState account, long now) {
    return account.rule() == identity
        && (!rule.window().isCalendar() || account.windowEnd() == windows.at(now).end());
  }

  /** Which of the amounts counts in this rule's unit. */
  long amount(long tokens, long nanoUsd, long calls) {
    return unit.of(tokens, nanoUsd, calls);
  }

  /** The row of a call now; 0 if it has none yet. */
  long find(CallKeys call, long now) {
    long window = windows.at(now).number();
    return ledger.find(
        KeyHash.high(mixValues(KeyHash.mix(identity, window), call)),
        KeyHash.low(mixValues(KeyHash.mix(~identity, window), call)));
  }

  AccountState state(long ref) {
    return ledger.state(ref);
  }

  /** What a row will have settled at a moment to come, if all that is held now comes back. */
  long settledBy(long ref, long at) {
    return ledger.settledBy(ref, at);
  }

  /** A name of a call's row that is the same for every call of that row. */
  String rowName(CallKeys call) {
    return rule.name() + ' ' + scope(call);
  }

  /**
   * The row of a call now, created if need be.
   *
   * @param gone a row that was found for it and has been taken back, or 0
   * @return 0 if there is no room
   */
  long row(CallKeys call, LedgerHold hold, long now, long gone) {
    long window = windows.at(now).number();
    long known = cache.get(window, per, call);
    if (known != 0 && known != gone) {
      return known;
    }
    long ref = findOrCreate(call, hold, now, window);
    if (ref != 0) {
      earlier.handOver(call, ref, ledger, now);
      cache.put(window, ref, per, call);
    }
    return ref;
  }

  private long findOrCreate(CallKeys call, LedgerHold hold, long now, long window) {
    long high = KeyHash.high(mixValues(KeyHash.mix(identity, window), call));
    long low = KeyHash.low(mixValues(KeyHash.mix(~identity, window), call));
    long ref = ledger.find(high, low);
    if (ref != 0) {
      return ref;
    }
    long overflowHigh = KeyHash.high(KeyHash.mix(KeyHash.mix(identity, OVERFLOW), window));
    long overflowLow = KeyHash.low(KeyHash.mix(KeyHash.mix(~identity, OVERFLOW), window));
    ref = ledger.find(overflowHigh, overflowLow);
    if (ref == 0) {
      ref = hold.create(high, low, spec(now, scope(call)), false);
    }
    if (ref == 0) {
      ref = hold.create(overflowHigh, overflowLow, spec(now, OVERFLOW), true);
    }
    return ref;
  }

  private AccountSpec spec(long now, String label) {
    Window window = rule.window();
    long length = window.length().toMillis();
    return switch (window.kind()) {
      case REFILL -> AccountSpec.refill(rule.limit(), length, identity, unit, label);
      case ROLLING -> AccountSpec.rolling(length, identity, unit, label);
      case SESSION -> AccountSpec.session(length, identity, unit, label);
      case HOUR, DAY, WEEK, MONTH, QUARTER, YEAR, LIFETIME ->
          AccountSpec.until(windows.at(now).end(), identity, unit, label);
    };
  }

  private long mixValues(long hash, CallKeys call) {
    long mixed = hash;
    for (String key : per) {
      mixed = KeyHash.mix(mixed, RowCache.value(call, key));
    }
    return mixed;
  }

  /** What the rule asks of a call, for people. */
  String matchText() {
    return AccountSpec.cutLabel(String.join(",", matchParts()));
  }

  /** What a call's row is labelled with. */
  String label(CallKeys call) {
    return AccountSpec.cutLabel(scope(call));
  }

  /** Whom a call's row is for: what the rule asks for, then the values that split it. */
  String scope(CallKeys call) {
    List<String> parts = matchParts();
    for (String key : per) {
      parts.add(key + "=" + RowCache.value(call, key));
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
    return rule.window().isCalendar() || rule.window().kind() == Window.Kind.LIFETIME
        ? windows.at(now).end()
        : now;
  }
}
