package io.tokenmeter.engine.config;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.attribution.AttributionValues;
import io.tokenmeter.engine.budgets.Grant;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the {@code grants} of a budget rule. */
final class GrantReader {
  private static final long MOST = 1_000;

  private GrantReader() {}

  /**
   * @param zone in which the days of its dates begin
   */
  static List<Grant> read(
      Section rule,
      Optional<String> budget,
      List<String> per,
      Optional<Values.Limit> limit,
      ZoneId zone) {
    List<Grant> grants = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Section section : rule.items("grants", "a grant with id, amount and effective")) {
      Optional<Grant> grant = grant(section, budget.orElse(""), per, limit, zone);
      section.refuseUnknownKeys();
      grant.ifPresent(
          given -> {
            if (!ids.add(given.id())) {
              section.error("id", "'" + given.id() + "' is taken by another grant of this budget");
            }
            grants.add(given);
          });
    }
    return grants;
  }

  private static Optional<Grant> grant(
      Section section, String budget, List<String> per, Optional<Values.Limit> limit, ZoneId zone) {
    for (String key : List.of("id", "amount", "effective")) {
      if (!section.has(key)) {
        section.error("a grant needs " + key);
      }
    }
    Optional<String> id = section.optional("id", Values.text("an id", 64));
    Optional<Values.Limit> amount = section.optional("amount", Values::limit);
    Optional<Values.Limit> rollover = section.optional("rollover", Values::limit);
    Optional<Instant> effective = section.optional("effective", text -> Dates.parse(text, zone));
    Instant expires = section.value("expires", Instant.MAX, text -> Dates.parse(text, zone));
    int priority = section.value("priority", 0L, GrantReader::priority).intValue();
    Map<String, String> scope =
        section
            .section("scope")
            .rest(
                (keys, key) ->
                    keys.optional(key, Values.text("a value", AttributionValues.MAX_VALUE_LENGTH)));
    if (!scope.isEmpty() && !scope.keySet().equals(Set.copyOf(per))) {
      section.error("scope", "expected a value for each key of per, or none at all");
    }
    if (id.isEmpty() || amount.isEmpty() || effective.isEmpty() || limit.isEmpty()) {
      return Optional.empty();
    }
    Budget.Unit unit = limit.get().unit();
    if (amount.get().unit() != unit || (rollover.isPresent() && rollover.get().unit() != unit)) {
      section.error("amount", "and rollover must be in the unit of the budget's limit");
    }
    if (!effective.get().isBefore(expires)) {
      section.error("expires", "must be after effective");
    }
    return Optional.of(
        new Grant(
            id.get(),
            budget,
            scope,
            unit,
            amount.get().amount(),
            effective.get(),
            expires,
            priority,
            rollover.map(Values.Limit::amount).orElse(0L)));
  }

  private static Long priority(String text) {
    boolean negative = text.startsWith("-");
    long number = Values.wholeNumber(0, MOST).parse(negative ? text.substring(1) : text);
    return negative ? -number : number;
  }
}
