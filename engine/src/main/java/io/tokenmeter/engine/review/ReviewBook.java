package io.tokenmeter.engine.review;

import io.tokenmeter.engine.budgets.Allowances;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.LimitOverride;
import io.tokenmeter.engine.config.BudgetAmount;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the entries of an audit file come to. Immutable once read. */
public final class ReviewBook {
  private static final int HEX = 16;

  private final Map<String, Request> requests = new LinkedHashMap<>();
  private final Map<String, Raise> raises = new LinkedHashMap<>();
  private final Map<String, Credit> credits = new LinkedHashMap<>();
  private final Map<Long, KnownBudget> budgets = new LinkedHashMap<>();

  /**
   * A request for an override.
   *
   * @param by who asked
   * @param length how long the override is to last, from its approval
   * @param answered whether it was approved, rejected or withdrawn
   */
  public record Request(
      String id,
      String budget,
      Map<String, String> scope,
      BudgetAmount amount,
      Duration length,
      String reason,
      String by,
      Instant at,
      boolean answered) {}

  /**
   * An override.
   *
   * @param by who asked for it, or took it in an emergency
   * @param approvedBy null for one that nobody approved
   */
  public record Raise(
      LimitOverride override, String reason, String by, @Nullable String approvedBy) {}

  /** A grant. */
  public record Credit(Grant grant, String reason, String by) {}

  /**
   * A budget that some configuration had.
   *
   * @param rule hash of what its rows in the ledger are found by
   */
  public record KnownBudget(long rule, String name, String unit, String window) {}

  /** Reads entries in their order. One that makes no sense is left out. */
  public static ReviewBook of(List<AuditEntry> entries) {
    ReviewBook book = new ReviewBook();
    for (AuditEntry entry : entries) {
      try {
        book.read(entry);
      } catch (IllegalArgumentException | DateTimeException | ArithmeticException senseless) {
        // a newer version wrote it, or somebody with a text editor and the patience for hashes
      }
    }
    return book;
  }

  private void read(AuditEntry entry) {
    String id = entry.field("id");
    switch (entry.kind()) {
      case REQUEST -> requests.putIfAbsent(id, request(entry));
      case APPROVE -> approve(entry, requests.get(id));
      case REJECT -> answer(id);
      case OVERRIDE ->
          raises.putIfAbsent(
              id,
              new Raise(
                  override(entry, entry, entry.time()),
                  entry.field("reason"),
                  entry.field("by"),
                  null));
      case REVOKE -> revoke(id, entry.time());
      case GRANT ->
          credits.putIfAbsent(
              entry.field("budget") + '\n' + id,
              new Credit(grant(entry), entry.field("reason"), entry.field("by")));
      case BUDGET -> {
        KnownBudget known = budget(entry);
        budgets.putIfAbsent(known.rule(), known);
      }
    }
  }

  private static KnownBudget budget(AuditEntry entry) {
    return new KnownBudget(
        Long.parseUnsignedLong(entry.field("rule"), HEX),
        entry.field("budget"),
        entry.field("unit"),
        entry.field("window"));
  }

  private static Request request(AuditEntry entry) {
    return new Request(
        entry.field("id"),
        entry.field("budget"),
        entry.scope(),
        BudgetAmount.parse(entry.field("amount")),
        Duration.parse(entry.field("for")),
        entry.field("reason"),
        entry.field("by"),
        entry.time(),
        false);
  }

  private void approve(AuditEntry entry, @Nullable Request request) {
    if (request == null || request.answered()) {
      return;
    }
    answer(request.id());
    LimitOverride override =
        new LimitOverride(
            request.id(),
            request.budget(),
            request.scope(),
            request.amount().unit(),
            request.amount().amount(),
            entry.time(),
            Instant.parse(entry.field("until")));
    raises.put(
        request.id(), new Raise(override, request.reason(), request.by(), entry.field("by")));
  }

  private void answer(String id) {
    requests.computeIfPresent(
        id,
        (same, asked) ->
            new Request(
                same,
                asked.budget(),
                asked.scope(),
                asked.amount(),
                asked.length(),
                asked.reason(),
                asked.by(),
                asked.at(),
                true));
  }

  private static LimitOverride override(AuditEntry entry, AuditEntry end, Instant from) {
    BudgetAmount amount = BudgetAmount.parse(entry.field("amount"));
    return new LimitOverride(
        entry.field("id"),
        entry.field("budget"),
        entry.scope(),
        amount.unit(),
        amount.amount(),
        from,
        Instant.parse(end.field("until")));
  }

  private static Grant grant(AuditEntry entry) {
    BudgetAmount amount = BudgetAmount.parse(entry.field("amount"));
    String expires = entry.field("expires");
    String rollover = entry.field("rollover");
    return new Grant(
        entry.field("id"),
        entry.field("budget"),
        entry.scope(),
        amount.unit(),
        amount.amount(),
        Instant.parse(entry.field("effective")),
        expires.isEmpty() ? Instant.MAX : Instant.parse(expires),
        Integer.parseInt(entry.field("priority")),
        rollover.isEmpty() ? 0 : BudgetAmount.parse(rollover).amount());
  }

  private void revoke(String id, Instant at) {
    answer(id);
    raises.computeIfPresent(
        id,
        (same, raise) -> {
          LimitOverride old = raise.override();
          Instant until = old.until().isBefore(at) ? old.until() : at;
          return new Raise(
              new LimitOverride(
                  same, old.budget(), old.scope(), old.unit(), old.amount(), old.from(), until),
              raise.reason(),
              raise.by(),
              raise.approvedBy());
        });
    credits.replaceAll(
        (key, credit) -> {
          Grant old = credit.grant();
          if (!old.id().equals(id)) {
            return credit;
          }
          Instant expires = old.expires().isBefore(at) ? old.expires() : at;
          return new Credit(
              new Grant(
                  id,
                  old.budget(),
                  old.scope(),
                  old.unit(),
                  old.amount(),
                  old.effective(),
                  expires,
                  old.priority(),
                  0),
              credit.reason(),
              credit.by());
        });
  }

  /** A request, whether it was answered or not. */
  @Nullable Request request(String id) {
    return requests.get(id);
  }

  /** Whether an id names anything. */
  boolean knows(String id) {
    return requests.containsKey(id)
        || raises.containsKey(id)
        || grants().stream().anyMatch(grant -> grant.id().equals(id));
  }

  /** Whether an override of this id is in force, or a grant of this id has not expired. */
  boolean isOpen(String id, Instant at) {
    Raise raise = raises.get(id);
    return (raise != null && at.isBefore(raise.override().until()))
        || credits(at).stream().anyMatch(credit -> credit.grant().id().equals(id));
  }

  /** Requests that wait for an answer. */
  public List<Request> pending() {
    return requests.values().stream().filter(request -> !request.answered()).toList();
  }

  /** Overrides that are in force. */
  public List<Raise> raises(Instant at) {
    return raises.values().stream().filter(raise -> at.isBefore(raise.override().until())).toList();
  }

  /** Grants that have not expired, those of the future included. */
  public List<Credit> credits(Instant at) {
    return credits.values().stream()
        .filter(credit -> at.isBefore(credit.grant().expires()))
        .toList();
  }

  /** Every budget that any configuration had, by the hash of its rows. */
  public Map<Long, KnownBudget> budgets() {
    return Map.copyOf(budgets);
  }

  /** All grants, expired ones too. */
  public List<Grant> grants() {
    return credits.values().stream().map(Credit::grant).toList();
  }

  /** What is in force at a moment, or will be. */
  public Allowances allowances(Instant at) {
    List<LimitOverride> overrides = new ArrayList<>();
    raises(at).forEach(raise -> overrides.add(raise.override()));
    List<Grant> grants = new ArrayList<>();
    credits(at).forEach(credit -> grants.add(credit.grant()));
    return new Allowances(overrides, grants);
  }
}
