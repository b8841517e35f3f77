package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.AccountState;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.LedgerHold;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All budgets over one ledger. Thread-safe. */
public final class Budgets {
  /** A row can be taken back between looking it up and holding; twice in a row hardly ever. */
  private static final int MAX_LOOKUPS = 10;

  private static final long RECENT_MILLIS = 3_600_000;
  private static final long NOTHING_READ = -1;

  private static final Admission UNBUDGETED =
      new Admission.Granted(LedgerBackedHold.NOTHING, List.of());

  private final Ledger ledger;
  private final InstantSource clock;
  private volatile RuleRows[] rules;
  private volatile @Nullable Supplier<Allowances> reviewed;
  private volatile long reviewedEntry = NOTHING_READ;
  private Allowances allowances = Allowances.NONE;

  public Budgets(List<BudgetRule> rules, Ledger ledger, InstantSource clock) {
    this.ledger = ledger;
    this.clock = clock;
    this.rules = compile(rules);
  }

  private RuleRows[] compile(List<BudgetRule> rules) {
    return rules.stream()
        .map(rule -> new RuleRows(rule, ledger, allowances))
        .toArray(RuleRows[]::new);
  }

  /**
   * Has what people decide from now on in force: whenever the ledger says that the audit file has
   * another entry, the next reservation asks for all of it first. That costs the reservation a file
   * that is read, and is as rare as people's decisions are.
   *
   * @param source must not throw
   */
  public void follow(Supplier<Allowances> source) {
    reviewed = source;
    reread();
  }

  /** Asks anew for what people have decided. */
  public synchronized void reread() {
    Supplier<Allowances> source = reviewed;
    if (source != null) {
      // The number first: an entry that comes while reading is read again.
      long entry = ledger.audited();
      allowances = source.get();
      rules = compile(Arrays.stream(rules).map(RuleRows::rule).toList());
      reviewedEntry = entry;
    }
  }

  private void catchUp() {
    if (reviewed != null && reviewedEntry != ledger.audited()) {
      rereadOnce();
    }
  }

  private synchronized void rereadOnce() {
    if (reviewedEntry != ledger.audited()) {
      reread();
    }
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
    catchUp();
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
      LedgerHold.Taken taken = hold.take(ref, rule.limit(keys, now), force);
      if (taken == LedgerHold.Taken.WITHIN) {
        return null;
      }
      if (taken == LedgerHold.Taken.EXCEEDED) {
        return budget(rule, ledger.state(ref), now);
      }
    }
    return force ? null : withoutRoom(rule, keys, now);
  }

  private static Budget withoutRoom(RuleRows rule, Map<String, String> keys, long now) {
    String scope = rule.scope(keys) + " (the ledger is full)";
    return budget(rule.rule(), scope, rule.rule().limit(), 0, 0, 0, rule.resetsAt(now));
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
  public synchronized void replaceRules(List<BudgetRule> rules) {
    this.rules = compile(rules);
  }

  /** Is shown rows of budgets, one by one. */
  @FunctionalInterface
  public interface RowVisitor {
    /**
     * @param ref names the row in the ledger
     * @param limit what it may spend in its window: the rule's limit, and overrides in force
     */
    void row(BudgetRule rule, long ref, long limit);
  }

  /**
   * Shows every row of every rule whose window is open or ended within the last hour. Allocates
   * next to nothing, however many rows there are.
   */
  public void visitRows(RowVisitor visitor) {
    RuleRows[] current = rules;
    RuleRows[] sorted = current.clone();
    Arrays.sort(sorted, Comparator.comparingLong(RuleRows::accountRule));
    long[] hashes = Arrays.stream(sorted).mapToLong(RuleRows::accountRule).toArray();
    long now = now();
    ledger.visit(
        (ref, hash, windowEnd) -> {
          int index = Arrays.binarySearch(hashes, hash);
          if (index >= 0 && windowEnd > now - RECENT_MILLIS) {
            RuleRows rule = sorted[index];
            visitor.row(rule.rule(), ref, rule.limitOfRow(ref, Math.min(now, windowEnd - 1)));
          }
        });
  }

  /** The rules, each by the hash that its rows in the ledger carry, whatever their window. */
  public Map<Long, BudgetRule> rulesByHash() {
    Map<Long, BudgetRule> byHash = new LinkedHashMap<>();
    for (RuleRows rule : rules) {
      byHash.put(rule.accountRule(), rule.rule());
    }
    return byHash;
  }

  /** A row as it stands, from {@link #visitRows}. */
  public Budget describe(BudgetRule rule, long ref) {
    long now = now();
    for (RuleRows rows : rules) {
      if (rows.rule().equals(rule)) {
        return budget(rows, ledger.state(ref), now);
      }
    }
    return budget(new RuleRows(rule, ledger, Allowances.NONE), ledger.state(ref), now);
  }

  /** Every row used in the current window, and every rule that has none yet. */
  public List<Budget> list() {
    catchUp();
    long now = now();
    List<AccountState> accounts = ledger.accountStates();
    List<Budget> budgets = new ArrayList<>();
    for (RuleRows rule : rules) {
      int before = budgets.size();
      for (AccountState account : accounts) {
        if (rule.owns(account, now)) {
          budgets.add(budget(rule, account, now));
        }
      }
      if (budgets.size() == before) {
        String scope = rule.matchText();
        long limit = rule.limitOf(scope, now);
        budgets.add(budget(rule.rule(), scope, limit, 0, 0, limit, rule.resetsAt(now)));
      }
    }
    return budgets;
  }

  private static Budget budget(RuleRows rule, AccountState account, long now) {
    long limit = rule.limitOf(account.label(), now);
    return budget(
        rule.rule(),
        account.label(),
        limit,
        account.settled(),
        account.held(),
        limit - account.committed(),
        account.windowEnd());
  }

  private static Budget budget(
      BudgetRule rule,
      String scope,
      long limit,
      long used,
      long reserved,
      long remaining,
      long resetsAt) {
    return new Budget(
        rule.name(),
        scope,
        rule.unit(),
        rule.hard(),
        rule.window().name().toLowerCase(Locale.ROOT),
        limit,
        used,
        reserved,
        remaining,
        Instant.ofEpochMilli(resetsAt));
  }

  private long now() {
    return ledger.believedTime(clock.millis());
  }
}
