package io.tokenmeter.engine.review;

import io.tokenmeter.engine.budgets.Allowances;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.config.BudgetAmount;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.review.AuditEntry.Kind;
import io.tokenmeter.engine.review.ReviewBook.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decisions about budgets, recorded in the audit file of a state directory. When a method that
 * records returns, the entry is on the disk and every process of the host looks at it before its
 * next reservation: the ledger's header has the number of the last entry. Thread-safe.
 */
public final class Review {
  private static final Logger LOG = LoggerFactory.getLogger("tokenmeter");

  private static final int ID_DIGITS = 8;

  private final AuditFile file;
  private final Ledger ledger;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private volatile Read read = new Read(-1, List.of());

  /** What was last read, and how large the file was then. */
  private record Read(long size, List<AuditEntry> entries) {}

  /**
   * @param directory the state directory, which need not exist
   * @param ledger the ledger in it
   */
  public Review(Path directory, Ledger ledger, InstantSource clock) {
    this.file = new AuditFile(directory);
    this.ledger = ledger;
    this.clock = clock;
  }

  /**
   * What somebody wants a budget to spend beyond its limit.
   *
   * @param scope a value for every key by which the rule is split, or empty for all of its rows
   * @param length from when it comes into force
   */
  public record Ask(
      BudgetRule rule,
      Map<String, String> scope,
      BudgetAmount amount,
      Duration length,
      String reason) {}

  /** What the file says now. */
  public ReviewBook book() throws IOException {
    return ReviewBook.of(file.read().entries());
  }

  /**
   * What is in force now, or will be. Where the file cannot be read, what it said when it last
   * could. Throws nothing.
   */
  public Allowances allowances() {
    long size = file.size();
    try {
      AuditFile.Contents contents = file.read();
      if (size != read.size()) {
        say(contents);
      }
      read = new Read(size, contents.entries());
      ledger.audited(contents.lastNumber());
    } catch (IOException unreadable) {
      read = new Read(size, read.entries());
      LOG.warn(
          "tokenmeter: {} cannot be read ({}); what was approved before stays in force",
          AuditFile.NAME,
          unreadable.toString());
    }
    return ReviewBook.of(read.entries()).allowances(clock.instant());
  }

  private void say(AuditFile.Contents contents) {
    if (!contents.problems().isEmpty()) {
      LOG.warn("tokenmeter: {} was changed by hand; doctor says where", AuditFile.NAME);
    }
    Read before = read;
    for (AuditEntry entry : contents.entries()) {
      boolean isNew = before.size() >= 0 && entry.number() > before.entries().size();
      if (isNew && entry.kind() != Kind.BUDGET && entry.kind() != Kind.REQUEST) {
        LOG.info(
            "tokenmeter: {} {} by {} is on record and in force",
            entry.kind().name().toLowerCase(Locale.ROOT),
            entry.field("id"),
            entry.field("by"));
      }
    }
  }

  /**
   * Whether the file has grown since it was last read: a process may have died after writing an
   * entry and before it told the others.
   */
  public boolean hasChanged() {
    return file.size() != read.size();
  }

  /**
   * Asks for an override.
   *
   * @return the request's id
   * @throws ReviewException if there can be no such override
   */
  public String request(Ask ask, Person by) throws IOException, ReviewException {
    Map<String, String> fields = AskedFields.of(ask);
    fields.put("for", ask.length().toString());
    return record(Kind.REQUEST, "req", fields, AskedFields.reason(ask.reason()), by);
  }

  /**
   * Begins an override without approval, on record.
   *
   * @return its id
   * @throws ReviewException if there can be no such override
   */
  public String override(Ask ask, Person by) throws IOException, ReviewException {
    Map<String, String> fields = AskedFields.of(ask);
    fields.put("until", clock.instant().plus(ask.length()).toString());
    return record(Kind.OVERRIDE, "ovr", fields, AskedFields.reason(ask.reason()), by);
  }

  /**
   * Gives a budget a credit.
   *
   * @param grant its id is ignored
   * @return its id
   * @throws ReviewException if there can be no such grant
   */
  public String grant(BudgetRule rule, Grant grant, String reason, Person by)
      throws IOException, ReviewException {
    BudgetAmount amount = new BudgetAmount(grant.unit(), grant.amount());
    Map<String, String> fields = AskedFields.of(rule, grant.scope(), amount);
    if (!grant.effective().isBefore(grant.expires())) {
      throw new ReviewException("a grant must expire after it becomes effective");
    }
    AskedFields.putGrant(fields, grant);
    return record(Kind.GRANT, "grt", fields, AskedFields.reason(reason), by);
  }

  /**
   * Approves a request: its override begins.
   *
   * @return until when it lasts
   * @throws ReviewException if there is no such request, or the same person made it
   */
  public Instant approve(String id, Person by) throws IOException, ReviewException {
    Instant now = clock.instant();
    Map<String, String> fields = new LinkedHashMap<>();
    append(
        Kind.APPROVE,
        book -> {
          Request request = pending(book, id);
          if (request.by().equalsIgnoreCase(by.name())) {
            throw new ReviewException(
                "%s made request %s; somebody else has to approve it (who is who they are by --as)"
                    .formatted(by.name(), id));
          }
          fields.put("id", id);
          fields.put("budget", request.budget());
          fields.put("until", now.plus(request.length()).toString());
          by.putInto(fields);
          return fields;
        });
    return Instant.parse(fields.getOrDefault("until", ""));
  }

  /**
   * Turns a request down.
   *
   * @throws ReviewException if no such request waits for an answer
   */
  public void reject(String id, String reason, Person by) throws IOException, ReviewException {
    append(
        Kind.REJECT,
        book -> {
          Map<String, String> fields = new LinkedHashMap<>();
          fields.put("id", id);
          fields.put("budget", pending(book, id).budget());
          fields.put("reason", AskedFields.reason(reason));
          by.putInto(fields);
          return fields;
        });
  }

  /**
   * Withdraws a request, or ends an override or a grant now.
   *
   * @throws ReviewException if nothing of this id waits or is in force
   */
  public void revoke(String id, String reason, Person by) throws IOException, ReviewException {
    Instant now = clock.instant();
    append(
        Kind.REVOKE,
        book -> {
          Request request = book.request(id);
          if ((request == null || request.answered()) && !book.isOpen(id, now)) {
            throw new ReviewException(
                book.knows(id) ? id + " has ended already" : "there is no " + id);
          }
          Map<String, String> fields = new LinkedHashMap<>();
          fields.put("id", id);
          fields.put("reason", AskedFields.reason(reason));
          by.putInto(fields);
          return fields;
        });
  }

  private static Request pending(ReviewBook book, String id) throws ReviewException {
    Request request = book.request(id);
    if (request == null) {
      throw new ReviewException("there is no request " + id + "; status shows those that wait");
    }
    if (request.answered()) {
      throw new ReviewException("request " + id + " was answered already");
    }
    return request;
  }

  private String record(
      Kind kind, String prefix, Map<String, String> target, String reason, Person by)
      throws IOException, ReviewException {
    Map<String, String> fields = new LinkedHashMap<>();
    append(
        kind,
        book -> {
          fields.put("id", newId(book, prefix));
          fields.putAll(target);
          fields.put("reason", reason);
          by.putInto(fields);
          return fields;
        });
    return fields.getOrDefault("id", "");
  }

  private String newId(ReviewBook book, String prefix) {
    while (true) {
      String digits = Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX);
      String id = prefix + "-" + ("0".repeat(ID_DIGITS) + digits).substring(digits.length());
      if (!book.knows(id)) {
        return id;
      }
    }
  }

  /** What an entry says, as the file stands; an empty map for no entry. */
  @FunctionalInterface
  interface Fields {
    Map<String, String> after(ReviewBook book) throws ReviewException;
  }

  private void append(Kind kind, Fields fields) throws IOException, ReviewException {
    AuditEntry entry =
        file.append(
            contents -> {
              Map<String, String> said = fields.after(ReviewBook.of(contents.entries()));
              return said.isEmpty()
                  ? null
                  : new AuditEntry(contents.lastNumber() + 1, clock.instant(), kind, said);
            });
    if (entry != null) {
      ledger.audited(entry.number());
    }
  }

  /**
   * Puts on record what is left of an expired grant as one that lasts as long again, once.
   *
   * @param left in the grant's unit
   */
  public void rollOver(Grant expired, long left) throws IOException {
    String id = followingId(expired);
    long amount = Math.min(left, expired.rollover());
    if (amount <= 0 || expired.expires().equals(Instant.MAX)) {
      return;
    }
    Duration length = Duration.between(expired.effective(), expired.expires());
    Grant next =
        new Grant(
            id,
            expired.budget(),
            expired.scope(),
            expired.unit(),
            amount,
            expired.expires(),
            expired.expires().plus(length),
            expired.priority(),
            0);
    try {
      append(
          Kind.GRANT,
          book -> {
            Map<String, String> fields = new LinkedHashMap<>();
            if (book.grants().stream().noneMatch(each -> follows(each, expired))) {
              fields.put("id", id);
              fields.put("budget", next.budget());
              AuditEntry.putScope(fields, next.scope());
              fields.put("amount", new BudgetAmount(next.unit(), amount).toString());
              AskedFields.putGrant(fields, next);
              fields.put("reason", "what was left of grant " + expired.id() + " rolled over");
              fields.put("by", "tokenmeter");
            }
            return fields;
          });
    } catch (ReviewException impossible) {
      throw new IOException(impossible);
    }
  }

  /** Whether a grant is what was left of another one. */
  public static boolean follows(Grant grant, Grant expired) {
    return grant.id().equals(followingId(expired)) && grant.budget().equals(expired.budget());
  }

  private static String followingId(Grant expired) {
    return expired.id() + "+1";
  }

  /**
   * Puts budgets on record that no configuration had before, so that what they spend has a name
   * after they are gone. Writes nothing where all are known. Off the calls' threads.
   *
   * @param rules by the hash of their rows
   */
  public void register(Map<Long, BudgetRule> rules) throws IOException {
    Map<Long, ReviewBook.KnownBudget> known = book().budgets();
    for (Map.Entry<Long, BudgetRule> rule : rules.entrySet()) {
      if (!known.containsKey(rule.getKey())) {
        record(rule.getKey(), rule.getValue());
      }
    }
  }

  private void record(long hash, BudgetRule rule) throws IOException {
    Fields fields =
        book -> {
          Map<String, String> said = new LinkedHashMap<>();
          if (!book.budgets().containsKey(hash)) {
            said.put("rule", Long.toHexString(hash));
            said.put("budget", rule.name());
            said.put("unit", rule.unit().name().toLowerCase(Locale.ROOT));
            said.put("window", rule.window().name());
          }
          return said;
        };
    try {
      append(Kind.BUDGET, fields);
    } catch (ReviewException impossible) {
      throw new IOException(impossible);
    }
  }
}
