package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.AccountState;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.LedgerHold;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
    long now = now();
    RuleRows[] rules = this.rules;
    LedgerHold hold = null;
    RuleRows[] holding = rules;
    int entries = 0;
    List<Budget> exceeded = List.of();
    for (RuleRows rule : rules) {
      if (rule.matches(keys)) {
        if (hold == null) {
          hold = ledger.begin(now);
          holding = new RuleRows[rules.length];
        }
        long amount = rule.amount(tokens, nanoUsd, calls);
        Budget unable = take(rule, keys, amount, hold, now);
        if (unable != null && rule.rule().hard()) {
          hold.release();
          return new Admission.Denied(unable, amount);
        }
        if (unable != null) {
          exceeded = exceeded.isEmpty() ? new ArrayList<>() : exceeded;
          exceeded.add(unable);
        }
        if (hold.entries() > entries) {
          holding[entries++] = rule;
        }
      }
    }
    if (hold == null) {
      return UNBUDGETED;
    }
    hold.complete();
    return new Admission.Granted(new BudgetHold(this, holding, hold), exceeded);
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
    for (int i = 0; i < MAX_LOOKUPS; i++) {
      long ref = rule.row(keys, hold, now);
      if (ref == 0) {
        break;
      }
      LedgerHold.Taken taken = hold.take(ref, amount, rule.rule().limit(), force);
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
  Admission.Growth grow(LedgerHold hold, RuleRows[] holding, long tokens, long nanoUsd) {
    requireAmounts(tokens, nanoUsd);
    LedgerHold more = ledger.begin(now());
    for (int i = 0; i < hold.entries(); i++) {
      BudgetRule rule = holding[i].rule();
      long amount = holding[i].amount(tokens, nanoUsd, 0);
      long ref = hold.ref(i);
      if (more.take(ref, amount, rule.limit(), !rule.hard()) == LedgerHold.Taken.EXCEEDED
          && rule.hard()) {
        more.release();
        return new Admission.Growth(budget(rule, ledger.state(ref)));
      }
    }
    more.complete();
    hold.add(more);
    return Admission.Growth.GROWN;
  }

  private static Budget withoutRoom(RuleRows rule, CallKeys keys, long now) {
    String scope = rule.scope(keys) + " (the ledger is full)";
    return budget(rule.rule(), scope, 0, 0, 0, rule.resetsAt(now));
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
        Budget budget = peek(rule, keys, now);
        long requested = rule.amount(tokens, nanoUsd, calls);
        if (requested > 0 && requested > budget.remaining()) {
          unable.add(new Shortfall(rule.rule(), budget, rule.rowName(keys), requested));
        }
      }
    }
    return unable;
  }

  private static Budget peek(RuleRows rule, CallKeys keys, long now) {
    long ref = rule.find(keys, now);
    return ref == 0
        ? budget(rule.rule(), rule.scope(keys), 0, 0, rule.rule().limit(), rule.resetsAt(now))
        : budget(rule.rule(), rule.ledgerState(ref));
  }

  /** The throttling budgets that a call falls under, whether they can pay or not. */
  public List<Shortfall> throttled(long tokens, long nanoUsd, long calls, CallKeys keys) {
    long now = now();
    List<Shortfall> throttled = new ArrayList<>();
    for (RuleRows rule : rules) {
      if (rule.rule().action() instanceof Action.Throttle && rule.matches(keys)) {
        throttled.add(
            new Shortfall(
                rule.rule(),
                peek(rule, keys, now),
                rule.rowName(keys),
                rule.amount(tokens, nanoUsd, calls)));
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
        long limit = rule.rule().limit();
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
        rule.limit() - account.committed(),
        account.windowEnd());
  }

  private static Budget budget(
      BudgetRule rule, String scope, long used, long reserved, long remaining, long resetsAt) {
    return new Budget(
        rule.name(),
        scope,
        rule.unit(),
        rule.hard(),
        rule.window().name().toLowerCase(Locale.ROOT),
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
