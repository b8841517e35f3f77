package io.tokenmeter.engine.review;

import io.tokenmeter.engine.attribution.AttributionValues;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.config.BudgetAmount;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What people ask for, checked, as the audit file has it. */
final class AskedFields {
  /** Longer than that it is no exception any more, but another limit. */
  private static final Duration LONGEST_OVERRIDE = Duration.ofDays(366);

  private static final int MAX_REASON = 500;

  private AskedFields() {}

  /** Fields of an override. */
  static Map<String, String> of(Review.Ask ask) throws ReviewException {
    if (ask.length().compareTo(Duration.ofSeconds(1)) < 0
        || ask.length().compareTo(LONGEST_OVERRIDE) > 0) {
      throw new ReviewException(
          "an override lasts from 1 second to 366 days; for longer change the limit");
    }
    if (ask.reason().isBlank()) {
      throw new ReviewException("a reason is needed, for the record");
    }
    return of(ask.rule(), ask.scope(), ask.amount());
  }

  /** Fields of whatever gives a budget more. */
  static Map<String, String> of(BudgetRule rule, Map<String, String> scope, BudgetAmount amount)
      throws ReviewException {
    if (amount.unit() != rule.unit()) {
      throw new ReviewException(
          "budget '%s' counts %s, but the amount is %s"
              .formatted(rule.name(), rule.unit().name().toLowerCase(Locale.ROOT), amount));
    }
    if (amount.amount() <= 0) {
      throw new ReviewException("the amount must be more than 0");
    }
    if (!scope.isEmpty() && !scope.keySet().equals(Set.copyOf(rule.per()))) {
      throw new ReviewException(
          rule.per().isEmpty()
              ? "budget '%s' is not split; leave the scope out".formatted(rule.name())
              : "budget '%s' is split by %s; the scope must name a value for each, or be left out"
                  .formatted(rule.name(), String.join(", ", rule.per())));
    }
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("budget", rule.name());
    Map<String, String> clean = new LinkedHashMap<>(scope);
    clean.replaceAll((key, value) -> AttributionValues.clean(value)); // as calls' values are
    AuditEntry.putScope(fields, clean);
    fields.put("amount", amount.toString());
    return fields;
  }

  static void putGrant(Map<String, String> fields, Grant grant) {
    fields.put("effective", grant.effective().toString());
    if (grant.expires().isBefore(Instant.MAX)) {
      fields.put("expires", grant.expires().toString());
    }
    fields.put("priority", Integer.toString(grant.priority()));
    if (grant.rollover() > 0) {
      fields.put("rollover", new BudgetAmount(grant.unit(), grant.rollover()).toString());
    }
  }

  /** A reason as it goes on record: without control characters, and of bounded length. */
  static String reason(String text) {
    String clean = AttributionValues.clean(text.strip());
    return clean.length() > MAX_REASON ? clean.substring(0, MAX_REASON) : clean;
  }
}
