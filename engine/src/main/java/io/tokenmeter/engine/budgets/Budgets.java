package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.AccountState;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.LedgerHold;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All budgets over one ledger. Thread-safe. */
public final class Budgets {
  private static final long RECENT_MILLIS = 3_600_000;

  private static final Admission UNBUDGETED = new Admission.Granted(BudgetHold.NOTHING, List.of());

  private final Ledger ledger;
  private final Payment payment;
  private final InstantSource clock;
  private final RuleBook book;

  public Budgets(List<BudgetRule> rules, Ledger ledger, InstantSource clock) {
    this.ledger = ledger;
    this.payment = new Payment(ledger);
    this.clock = clock;
    this.book = new RuleBook(rules, ledger, this::now);
  }

  /**
   * Has what people decide from now on in force: whenever the ledger says that the audit file has
   * another entry, the next reservation asks for all of it first. That costs the reservation a file
   * that is read, and is as rare as people's decisions are.
   *
   * @param source must not throw
   */
  public void follow(Supplier<Allowances> source) {
    book.follow(source);
  }

  /** Asks anew for what people have decided. */
  public void reread() {
    book.reread();
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
    for (RuleRows rule : book.rules()) {
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
    book.catchUp();
    long now = now();
    hold.begin(now);
    try {
      return take(hold, tokens, nanoUsd, calls, keys, now);
    } catch (RuntimeException | Error failed) {
      // A slot that stays claimed keeps what it holds, and the recycler away, for good.
      hold.release();
      throw failed;
    }
  }

  private Admission.@Nullable Denied take(
      BudgetHold hold, long tokens, long nanoUsd, long calls, CallKeys keys, long now) {
    LedgerHold inLedger = hold.inLedger();
    for (RuleRows rule : book.rules()) {
      if (rule.matches(keys)) {
        long amount = rule.amount(tokens, nanoUsd, calls);
        int entries = inLedger.entries();
        @Nullable GrantRow[] sources = rule.sources(keys, now);
        Budget unable =
            sources == null
                ? payment.take(rule, keys, amount, inLedger, now)
                : payment.draw(rule, sources, keys, amount, inLedger, hold.split(), now);
        if (unable != null && rule.rule().hard()) {
          hold.release();
          return new Admission.Denied(unable, amount);
        }
        if (unable != null) {
          hold.exceeds(unable);
        }
        hold.took(rule, entries);
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

  /** Every grant of the configured budgets that has not expired, as it stands. */
  public List<GrantState> grants() {
    book.catchUp();
    long now = now();
    List<GrantState> states = new ArrayList<>();
    for (RuleRows rule : book.rules()) {
      for (GrantRow grant : rule.grants()) {
        if (!grant.hasExpired(now)) {
          states.add(state(grant));
        }
      }
    }
    return states;
  }

  /** Whether any of the configured budgets has a grant. */
  public boolean hasGrants() {
    for (RuleRows rule : book.rules()) {
      if (rule.grants().length > 0) {
        return true;
      }
    }
    return false;
  }

  private GrantState state(GrantRow grant) {
    long ref = grant.find();
    if (ref == 0) {
      return new GrantState(grant.grant(), 0, 0, 0);
    }
    AccountState state = ledger.state(ref);
    return new GrantState(grant.grant(), ref, state.settled(), state.held());
  }

  /** A grant as it stands, whether it has expired or not; its row may be gone by then. */
  public GrantState state(Grant grant) {
    RuleRows rule =
        new RuleRows(
            BudgetRule.named(grant.budget()).limit(grant.unit(), 0).window(Window.MONTH).build(),
            ledger,
            Allowances.NONE);
    return state(new GrantRow(grant, rule, ledger));
  }

  /** Gives a grant a row, for what is told of it to be marked in; 0 if there is no room. */
  public long rowOf(Grant grant) {
    for (RuleRows rule : book.rules()) {
      for (GrantRow row : rule.grants()) {
        if (row.grant().equals(grant)) {
          LedgerHold hold = ledger.begin(now());
          try {
            return row.row(hold);
          } finally {
            hold.release();
          }
        }
      }
    }
    return 0;
  }

  /** What the row of a grant carries in the ledger as the hash of its rule. */
  public long hashOf(Grant grant) {
    return GrantRow.identity(grant, ledger);
  }

  /**
   * Holds more in the rows of a hold, by the rules as they are now. A row that is gone meanwhile
   * (its window ended a day ago, or more) is passed over, and so is one whose rule is: their
   * budgets no longer bind this call.
   */
  Admission.Growth grow(BudgetHold hold, long tokens, long nanoUsd) {
    requireAmounts(tokens, nanoUsd);
    book.catchUp();
    long now = now();
    LedgerHold more = ledger.begin(now);
    try {
      return grow(hold, more, tokens, nanoUsd, now);
    } catch (RuntimeException | Error failed) {
      // As with a reservation.
      more.release();
      throw failed;
    }
  }

  private Admission.Growth grow(
      BudgetHold hold, LedgerHold more, long tokens, long nanoUsd, long now) {
    LedgerHold held = hold.inLedger();
    Split split = hold.splitOrNull();
    long[] grown = new long[held.entries()];
    for (int i = 0, end; i < grown.length; i = end) {
      RuleRows began = hold.rule(i);
      for (end = i + 1; end < grown.length && hold.rule(end) == began; end++) {
        // to the end of the rule's entries
      }
      RuleRows rule = book.current(began);
      if (rule == null) {
        continue;
      }
      long amount = rule.amount(tokens, nanoUsd, 0);
      Budget unable = payment.grow(held, more, rule, split, i, end, amount, grown, now);
      if (unable != null && rule.rule().hard()) {
        more.release();
        return new Admission.Growth(unable);
      }
    }
    more.complete();
    // First: whoever settles as soon as it is added must know whose it is. If the call has ended,
    // nobody asks the split any more, or whoever does charges what is still held.
    for (int i = 0; split != null && i < grown.length; i++) {
      split.grow(i, grown[i]);
    }
    held.add(more);
    return Admission.Growth.GROWN;
  }

  /** Whether any budget applies to a call. */
  public boolean anyMatches(CallKeys keys) {
    for (RuleRows rule : book.rules()) {
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
    book.catchUp();
    long now = now();
    List<Shortfall> unable = new ArrayList<>();
    for (RuleRows rule : book.rules()) {
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
    Budget budget =
        ref == 0
            ? Standing.unused(rule, rule.label(keys), now)
            : Standing.of(rule, rule.state(ref), now);
    return new Shortfall(
        rule.rule(),
        budget,
        rule.rowName(keys),
        requested,
        at ->
            Raise.add(
                rule.most(keys, at) - (ref == 0 ? 0 : rule.settledBy(ref, at)),
                rule.grantRoomBy(keys, at)));
  }

  /** The throttling budgets that a call falls under, whether they can pay or not. */
  public List<Shortfall> throttled(long tokens, long nanoUsd, long calls, CallKeys keys) {
    book.catchUp();
    long now = now();
    List<Shortfall> throttled = new ArrayList<>();
    for (RuleRows rule : book.rules()) {
      if (rule.rule().action() instanceof Action.Throttle && rule.matches(keys)) {
        throttled.add(asked(rule, rule.amount(tokens, nanoUsd, calls), keys, now));
      }
    }
    return throttled;
  }

  /** Whether a hard budget matches. */
  public boolean hasHardBudget(CallKeys keys) {
    for (RuleRows rule : book.rules()) {
      if (rule.rule().hard() && rule.matches(keys)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a budget matches that ends a stream which it cannot pay on. */
  public boolean mayCutOff(CallKeys keys) {
    for (RuleRows rule : book.rules()) {
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
    for (RuleRows rule : book.rules()) {
      if (rule.rule().hard() && rule.rule().unit() == Budget.Unit.USD && rule.matches(keys)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Changes rules without losing what was spent: a row is found by the rule's name, unit, window,
   * zone and the keys that split it. A refilling bucket whose limit changes takes over what was
   * used of it by now. Calls that hold something settle where they hold it.
   */
  public void replaceRules(List<BudgetRule> rules) {
    book.replace(rules);
  }

  /** Is shown rows of budgets, one by one. */
  @FunctionalInterface
  public interface RowVisitor {
    /**
     * @param ref names the row in the ledger
     * @param limit what it may hold at most: the rule's limit, of a bucket its burst, and overrides
     *     in force
     */
    void row(BudgetRule rule, long ref, long limit);
  }

  /**
   * Shows every row of every rule whose window is open or ended within the last hour. Allocates
   * next to nothing, however many rows there are.
   */
  public void visitRows(RowVisitor visitor) {
    book.catchUp();
    RuleRows[] current = book.rules();
    RuleRows[] sorted = current.clone();
    Arrays.sort(sorted, Comparator.comparingLong(RuleRows::identity));
    long[] hashes = Arrays.stream(sorted).mapToLong(RuleRows::identity).toArray();
    long now = now();
    ledger.visit(
        (ref, hash, windowEnd) -> {
          int index = Arrays.binarySearch(hashes, hash);
          if (index >= 0 && windowEnd > now - RECENT_MILLIS) {
            RuleRows rule = sorted[index];
            long at = Math.min(now, windowEnd - 1);
            visitor.row(rule.rule(), ref, rule.mostOfRow(ref, at));
          }
        });
  }

  /** The rules, each by the hash that its rows in the ledger carry, whatever their window. */
  public Map<Long, BudgetRule> rulesByHash() {
    Map<Long, BudgetRule> byHash = new LinkedHashMap<>();
    for (RuleRows rule : book.rules()) {
      byHash.put(rule.identity(), rule.rule());
    }
    return byHash;
  }

  /** A row as it stands, from {@link #visitRows}. */
  public Budget describe(BudgetRule rule, long ref) {
    long now = now();
    for (RuleRows rows : book.rules()) {
      if (rows.rule().equals(rule)) {
        return Standing.of(rows, ledger.state(ref), now);
      }
    }
    return Standing.of(new RuleRows(rule, ledger, Allowances.NONE), ledger.state(ref), now);
  }

  /** Every row used in the current window, and every rule that has none yet. */
  public List<Budget> list() {
    return list(rule -> Set.of());
  }

  /**
   * The same for who has not seen the configuration change.
   *
   * @param earlier of a refilling bucket: the hashes that its rows may have had under other limits,
   *     whose use it will take over
   */
  public List<Budget> list(Function<BudgetRule, Set<Long>> earlier) {
    book.catchUp();
    long now = now();
    List<AccountState> accounts = ledger.accountStates();
    List<Budget> budgets = new ArrayList<>();
    for (RuleRows rule : book.rules()) {
      int before = budgets.size();
      Set<String> present = new HashSet<>();
      for (AccountState account : accounts) {
        if (rule.owns(account, now)) {
          budgets.add(Standing.of(rule, account, now));
          present.add(account.label());
        }
      }
      if (rule.rule().window().kind() == Window.Kind.REFILL) {
        Set<Long> others = new HashSet<>(earlier.apply(rule.rule()));
        others.addAll(rule.earlier().identities(now));
        others.remove(rule.identity());
        for (AccountState row : new Takeover(rule, others).rows(accounts, present, now)) {
          budgets.add(Standing.of(rule, row, now));
        }
      }
      if (budgets.size() == before) {
        budgets.add(Standing.unused(rule, rule.matchText(), now));
      }
    }
    return budgets;
  }

  long now() {
    return ledger.believedTime(clock.millis());
  }
}
