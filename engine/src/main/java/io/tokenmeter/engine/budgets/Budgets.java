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

  private static final Admission UNBUDGETED =
      new Admission.Granted(LedgerBackedHold.NOTHING, List.of());

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

  /**
   * Holds an amount in every budget that a call falls under, or in none. An amount of 0 fits
   * always.
   *
   * @param tokens input and output together
   * @param nanoUsd what they cost; 0 where that is not known and the policy lets the call pass
   * @param keys the call's attribution, with {@code provider} and {@code model}
   * @throws IllegalArgumentException if an amount is negative
   */
  public Admission reserve(long tokens, long nanoUsd, Map<String, String> keys) {
    if (tokens < 0 || nanoUsd < 0) {
      throw new IllegalArgumentException(
          "amounts to reserve must be at least 0, but were %d tokens and %d nano-USD"
              .formatted(tokens, nanoUsd));
    }
    long now = now();
    LedgerHold hold = null;
    List<Budget> exceeded = List.of();
    for (RuleRows rule : rules) {
      if (rule.matches(keys)) {
        if (hold == null) {
          hold = ledger.begin(tokens, nanoUsd, now);
        }
        Budget unable = take(rule, keys, hold, now);
        if (unable != null && rule.rule().hard()) {
          hold.release();
          return new Admission.Denied(unable, rule.amount(tokens, nanoUsd));
        }
        if (unable != null) {
          exceeded = exceeded.isEmpty() ? new ArrayList<>() : exceeded;
          exceeded.add(unable);
        }
      }
    }
    if (hold == null) {
      return UNBUDGETED;
    }
    hold.complete();
    return new Admission.Granted(new LedgerBackedHold(hold), exceeded);
  }

  /** The budget as it stands if it cannot pay; null if it can. */
  private @Nullable Budget take(
      RuleRows rule, Map<String, String> keys, LedgerHold hold, long now) {
    boolean force = !rule.rule().hard();
    for (int i = 0; i < MAX_LOOKUPS; i++) {
      long ref = rule.row(keys, hold, now);
      if (ref == 0) {
        break;
      }
      LedgerHold.Taken taken = hold.take(ref, rule.rule().limit(), force);
      if (taken == LedgerHold.Taken.WITHIN) {
        return null;
      }
      if (taken == LedgerHold.Taken.EXCEEDED) {
        return budget(rule.rule(), ledger.state(ref));
      }
    }
    return force ? null : withoutRoom(rule, keys, now);
  }

  private static Budget withoutRoom(RuleRows rule, Map<String, String> keys, long now) {
    String scope = rule.scope(keys) + " (the ledger is full)";
    return budget(rule.rule(), scope, 0, 0, 0, rule.resetsAt(now));
  }

  /**
   * Every hard budget that cannot pay an amount as things stand, in the order of the rules. Holds
   * nothing.
   */
  public List<Shortfall> shortfalls(long tokens, long nanoUsd, Map<String, String> keys) {
    long now = now();
    List<Shortfall> unable = new ArrayList<>();
    for (RuleRows rule : rules) {
      if (rule.rule().hard() && rule.matches(keys)) {
        Budget budget = peek(rule, keys, now);
        long requested = rule.amount(tokens, nanoUsd);
        if (requested > 0 && requested > budget.remaining()) {
          unable.add(new Shortfall(rule.rule(), budget, rule.rowName(keys), requested));
        }
      }
    }
    return unable;
  }

  private static Budget peek(RuleRows rule, Map<String, String> keys, long now) {
    long ref = rule.find(keys, now);
    return ref == 0
        ? budget(rule.rule(), rule.scope(keys), 0, 0, rule.rule().limit(), rule.resetsAt(now))
        : budget(rule.rule(), rule.ledgerState(ref));
  }

  /** The throttling budgets that a call falls under, whether they can pay or not. */
  public List<Shortfall> throttled(long tokens, long nanoUsd, Map<String, String> keys) {
    long now = now();
    List<Shortfall> throttled = new ArrayList<>();
    for (RuleRows rule : rules) {
      if (rule.rule().action() instanceof Action.Throttle && rule.matches(keys)) {
        throttled.add(
            new Shortfall(
                rule.rule(),
                peek(rule, keys, now),
                rule.rowName(keys),
                rule.amount(tokens, nanoUsd)));
      }
    }
    return throttled;
  }

  /** Whether a hard budget matches. */
  public boolean hasHardBudget(Map<String, String> keys) {
    for (RuleRows rule : rules) {
      if (rule.rule().hard() && rule.matches(keys)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a budget matches that ends a stream which it cannot pay on. */
  public boolean mayCutOff(Map<String, String> keys) {
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
  public boolean hasHardUsdBudget(Map<String, String> keys) {
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

  private long now() {
    return ledger.believedTime(clock.millis());
  }
}
