package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.AccountState;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.LedgerHold;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All budgets over one ledger. Thread-safe. */
public final class Budgets {
  /** A row can be taken back between looking it up and holding; twice in a row hardly ever. */
  private static final int MAX_LOOKUPS = 10;

  private static final Admission UNBUDGETED = new Admission.Granted(BudgetHold.NOTHING, List.of());

  private final Ledger ledger;
  private final InstantSource clock;
  private volatile RuleRows[] rules;

  public Budgets(List<BudgetRule> rules, Ledger ledger, InstantSource clock) {
    this.ledger = ledger;
    this.clock = clock;
    this.rules = compile(rules);
  }

  private RuleRows[] compile(List<BudgetRule> rules) {
    return rules.stream().map(rule -> new RuleRows(rule, ledger)).toArray(RuleRows[]::new);
  }

  /** As {@link #reserve(long, long, CallKeys)}, by just these keys. */
  public Admission reserve(long tokens, long nanoUsd, Map<String, String> keys) {
    return reserve(tokens, nanoUsd, CallKeys.of(keys));
  }

  /**
   * Holds an amount, and one call, in every budget that a call falls under, or in none. An amount
   * of 0 fits always.
   *
   * @param tokens input and output together
   * @param nanoUsd what they cost; 0 where that is not known and the policy lets the call pass
   * @throws IllegalArgumentException if an amount is negative
   */
  public Admission reserve(long tokens, long nanoUsd, CallKeys keys) {
    requireAmounts(tokens, nanoUsd);
    return reserve(tokens, nanoUsd, 1, keys);
  }

  /**
   * Holds nothing, but keeps the budgets that a call falls under, should it turn out to cost
   * something after all.
   */
  public Admission.Hold watch(CallKeys keys) {
    return reserve(0, 0, 0, keys) instanceof Admission.Granted granted
        ? granted.hold()
        : BudgetHold.NOTHING;
  }

  private Admission reserve(long tokens, long nanoUsd, long calls, CallKeys keys) {
    BudgetHold hold = null;
    for (RuleRows rule : rules) {
      if (rule.matches(keys)) {
        hold = newHold();
        break;
      }
    }
    if (hold == null) {
      return UNBUDGETED;
    }
    Admission.Denied denied = reserve(hold, tokens, nanoUsd, calls, keys);
    return denied == null ? new Admission.Granted(hold, hold.exceeded()) : denied;
  }

  /** A hold that holds nothing yet, to be used again and again. */
  public BudgetHold newHold() {
    return new BudgetHold(this, ledger.newHold());
  }

  /**
   * As {@link #reserve(long, long, CallKeys)}, into a hold that has ended, or never began.
   *
   * @return null if every hard budget holds the amount; else nothing is held anywhere, and the hold
   *     has ended
   * @throws IllegalStateException if the hold has not ended
   */
  public Admission.@Nullable Denied reserve(
      BudgetHold hold, long tokens, long nanoUsd, CallKeys keys) {
    requireAmounts(tokens, nanoUsd);
    return reserve(hold, tokens, nanoUsd, 1, keys);
  }

  private Admission.@Nullable Denied reserve(
      BudgetHold hold, long tokens, long nanoUsd, long calls, CallKeys keys) {
    long now = now();
    hold.begin(now);
    LedgerHold inLedger = hold.inLedger();
    for (RuleRows rule : rules) {
      if (rule.matches(keys)) {
        long amount = rule.amount(tokens, nanoUsd, calls);
        int entries = inLedger.entries();
        Budget unable = take(rule, keys, amount, inLedger, now);
        if (unable != null && rule.rule().hard()) {
          hold.release();
          return new Admission.Denied(unable, amount);
        }
        if (unable != null) {
          hold.exceeds(unable);
        }
        if (inLedger.entries() > entries) {
          hold.took(rule);
        }
      }
    }
    inLedger.complete();
    return null;
  }

  private static void requireAmounts(long tokens, long nanoUsd) {
    if (tokens < 0 || nanoUsd < 0) {
      throw new IllegalArgumentException(
          "amounts to reserve must be at least 0, but were %d tokens and %d nano-USD"
              .formatted(tokens, nanoUsd));
    }
  }

  /** The budget as it stands if it cannot pay; null if it can. */
  private @Nullable Budget take(
      RuleRows rule, CallKeys keys, long amount, LedgerHold hold, long now) {
    boolean force = !rule.rule().hard();
    long ref = 0;
    for (int i = 0; i < MAX_LOOKUPS; i++) {
      ref = rule.row(keys, hold, now, ref);
      if (ref == 0) {
        break;
      }
      LedgerHold.Taken taken = hold.take(ref, amount, rule.rule().capacity(), force);
      if (taken == LedgerHold.Taken.WITHIN) {
        return null;
      }
      if (taken == LedgerHold.Taken.EXCEEDED) {
        return budget(rule.rule(), ledger.state(ref));
      }
    }
    return force ? null : withoutRoom(rule, keys, now);
  }

  /**
   * Holds more in the rows of a hold. A row that is gone meanwhile (its window ended a day ago, or
   * more) is passed over: its budget no longer binds this call.
   */
  Admission.Growth grow(BudgetHold hold, long tokens, long nanoUsd) {
    requireAmounts(tokens, nanoUsd);
    LedgerHold held = hold.inLedger();
    LedgerHold more = ledger.begin(now());
    for (int i = 0; i < held.entries(); i++) {
      RuleRows rows = hold.rule(i);
      BudgetRule rule = rows.rule();
      long amount = rows.amount(tokens, nanoUsd, 0);
      long ref = held.ref(i);
      if (more.take(ref, amount, rule.capacity(), !rule.hard()) == LedgerHold.Taken.EXCEEDED
          && rule.hard()) {
        more.release();
        return new Admission.Growth(budget(rule, ledger.state(ref)));
      }
    }
    more.complete();
    held.add(more);
    return Admission.Growth.GROWN;
  }

  private static Budget withoutRoom(RuleRows rule, CallKeys keys, long now) {
    String scope = rule.scope(keys) + " (the ledger is full)";
    return budget(rule.rule(), scope, 0, 0, 0, rule.resetsAt(now));
  }

  /** Whether any budget applies to a call. */
  public boolean anyMatches(CallKeys keys) {
    for (RuleRows rule : rules) {
      if (rule.matches(keys)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Every hard budget that cannot pay an amount as things stand, in the order of the rules. Holds
   * nothing.
   */
  public List<Shortfall> shortfalls(long tokens, long nanoUsd, long calls, CallKeys keys) {
    long now = now();
    List<Shortfall> unable = new ArrayList<>();
    for (RuleRows rule : rules) {
      if (rule.rule().hard() && rule.matches(keys)) {
        Shortfall asked = asked(rule, rule.amount(tokens, nanoUsd, calls), keys, now);
        if (asked.requested() > 0 && asked.requested() > asked.budget().remaining()) {
          unable.add(asked);
        }
      }
    }
    return unable;
  }

  private static Shortfall asked(RuleRows rule, long requested, CallKeys keys, long now) {
    long ref = rule.find(keys, now);
    long capacity = rule.rule().capacity();
    Budget budget =
        ref == 0
            ? budget(rule.rule(), rule.scope(keys), 0, 0, capacity, rule.resetsAt(now))
            : budget(rule.rule(), rule.state(ref));
    return new Shortfall(
        rule.rule(),
        budget,
        rule.rowName(keys),
        requested,
        at -> ref == 0 ? capacity : rule.roomAt(ref, at));
  }

  /** The throttling budgets that a call falls under, whether they can pay or not. */
  public List<Shortfall> throttled(long tokens, long nanoUsd, long calls, CallKeys keys) {
    long now = now();
    List<Shortfall> throttled = new ArrayList<>();
    for (RuleRows rule : rules) {
      if (rule.rule().action() instanceof Action.Throttle && rule.matches(keys)) {
        throttled.add(asked(rule, rule.amount(tokens, nanoUsd, calls), keys, now));
      }
    }
    return throttled;
  }

  /** Whether a hard budget matches. */
  public boolean hasHardBudget(CallKeys keys) {
    for (RuleRows rule : rules) {
      if (rule.rule().hard() && rule.matches(keys)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a budget matches that ends a stream which it cannot pay on. */
  public boolean mayCutOff(CallKeys keys) {
    for (RuleRows rule : rules) {
      if (rule.rule().cutoff() && rule.matches(keys)) {
        return true;
      }
    }
    return false;
  }

  /** What {@link Shortfall#mayPass} goes by, epoch ms. */
  public long time() {
    return now();
  }

  /** Whether a hard USD budget matches. */
  public boolean hasHardUsdBudget(CallKeys keys) {
    for (RuleRows rule : rules) {
      if (rule.rule().hard() && rule.rule().unit() == Budget.Unit.USD && rule.matches(keys)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Changes rules without losing what was spent: a row is found by the rule's name, unit, window,
   * zone and the keys that split it. Only a refilling bucket whose limit changes starts full. Calls
   * that hold something settle where they hold it.
   */
  public void replaceRules(List<BudgetRule> rules) {
    this.rules = compile(rules);
  }

  /** Every row used in the current window, and every rule that has none yet. */
  public List<Budget> list() {
    long now = now();
    List<AccountState> accounts = ledger.accountStates();
    List<Budget> budgets = new ArrayList<>();
    for (RuleRows rule : rules) {
      int before = budgets.size();
      for (AccountState account : accounts) {
        if (rule.owns(account, now)) {
          budgets.add(budget(rule.rule(), account));
        }
      }
      if (budgets.size() == before) {
        long limit = rule.rule().capacity();
        budgets.add(budget(rule.rule(), rule.matchText(), 0, 0, limit, rule.resetsAt(now)));
      }
    }
    return budgets;
  }

  private static Budget budget(BudgetRule rule, AccountState account) {
    return budget(
        rule,
        account.label(),
        account.settled(),
        account.held(),
        rule.capacity() - account.committed(),
        account.windowEnd());
  }

  private static Budget budget(
      BudgetRule rule, String scope, long used, long reserved, long remaining, long resetsAt) {
    return new Budget(
        rule.name(),
        scope,
        rule.unit(),
        rule.hard(),
        rule.window().name(),
        rule.limit(),
        used,
        reserved,
        remaining,
        Instant.ofEpochMilli(resetsAt));
  }

  long now() {
    return ledger.believedTime(clock.millis());
  }
}
