package io.tokenmeter.engine;

import io.tokenmeter.engine.Cashier.Answer;
import io.tokenmeter.engine.budgets.Action;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.Shortfall;
import io.tokenmeter.providers.LlmRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Has a call admitted by every budget that it falls under, and changes it as far as their actions
 * allow. What is unable to pay acts in this order, whatever the order of the rules: a cheaper
 * model, a smaller limit to output, refusal, waiting. After each change every budget is asked anew,
 * so that the call that goes out is one that all can pay. Between rules of one action the first
 * counts, of limits the smallest. Used by one thread at a time.
 */
final class Negotiation {
  /** Each round changes the call; with other calls at the same budgets a few may be in vain. */
  private static final int MOST_ROUNDS = 32;

  /** Rounds in which nothing was found unable although the call was denied. */
  private static final int MOST_VAIN_ROUNDS = 3;

  private final Cashier cashier;
  private final Alteration alteration;
  private final Map<String, String> payers;
  private final Instant at;
  private final Terms asked;
  private final List<String> models = new ArrayList<>();
  private Terms terms;
  private long limit = LlmRequest.UNLIMITED;
  private Decision decision = Decision.ADMITTED;
  private @Nullable String budget;
  private Duration waited = Duration.ZERO;
  private @Nullable String waitedFor;

  Negotiation(
      Cashier cashier, Terms asked, Alteration alteration, Map<String, String> payers, Instant at) {
    this.cashier = cashier;
    this.asked = asked;
    this.terms = asked;
    this.alteration = alteration;
    this.payers = payers;
    this.at = at;
  }

  /** The call as far as it has been changed. */
  Terms terms() {
    return terms;
  }

  /** The limit to write into the request; {@link LlmRequest#UNLIMITED} to leave it. */
  long limit() {
    return limit;
  }

  Intervention intervention() {
    String model = terms.model();
    boolean sameModel = model.equals(asked.model());
    return sameModel && limit == LlmRequest.UNLIMITED && waited.isZero()
        ? Intervention.NONE
        : new Intervention(
            sameModel ? null : model, limit == LlmRequest.UNLIMITED ? null : (Long) limit, waited);
  }

  /** The call has waited for a budget. */
  void waited(Duration duration, String budgetName) {
    waited = duration;
    waitedFor = budgetName;
  }

  /** Asks the budgets until they agree on something, each time from the beginning. */
  Ruling attempt() {
    begin();
    int vain = 0;
    for (int i = 0; ; i++) {
      Answer answer = cashier.hold(terms, payers, at);
      if (answer instanceof Answer.Held held) {
        return admitted(held);
      }
      if (answer instanceof Answer.Unpriced) {
        return new Ruling.Stop(
            Decision.REFUSED,
            null,
            "prices.unknown-model",
            0,
            RefusalText.unpriced(terms.provider(), terms.model()));
      }
      Admission.Denied denied = ((Answer.Denied) answer).denied();
      List<Shortfall> unable = cashier.shortfalls(terms, payers, at);
      vain += unable.isEmpty() ? 1 : 0;
      if (i == MOST_ROUNDS || vain == MOST_VAIN_ROUNDS) {
        return Ruling.Stop.of(denied.budget(), denied.requested());
      }
      if (!unable.isEmpty() && !downgraded(unable) && !shrunk(unable)) {
        return stopOrWait(unable);
      }
    }
  }

  private Ruling admitted(Answer.Held held) {
    if (decision == Decision.ADMITTED && held.exceeded() != null) {
      return new Ruling.Go(Decision.OBSERVED, held.exceeded(), held.held());
    }
    return new Ruling.Go(decision, budget, held.held());
  }

  private void begin() {
    terms = asked;
    limit = LlmRequest.UNLIMITED;
    models.clear();
    models.add(asked.model());
    decision = waitedFor == null ? Decision.ADMITTED : Decision.THROTTLED;
    budget = waitedFor;
    inject();
  }

  private void inject() {
    if (!terms.limited() && cashier.injects(terms, payers)) {
      long most = terms.maxOutput();
      if (alteration.canLimit(terms.model(), most)) {
        terms = terms.limitedTo(most);
        limit = most;
      }
    }
  }

  private boolean downgraded(List<Shortfall> unable) {
    for (Shortfall shortfall : unable) {
      if (shortfall.rule().action() instanceof Action.Downgrade downgrade) {
        Terms cheaper = cheaper(downgrade);
        if (cheaper != null) {
          terms = cheaper;
          limit = LlmRequest.UNLIMITED;
          models.add(cheaper.model());
          decision = Decision.DOWNGRADED;
          budget = shortfall.rule().name();
          inject();
          return true;
        }
      }
    }
    return false;
  }

  /** Null if the action knows no model to go to, or none that the call has not been at. */
  private @Nullable Terms cheaper(Action.Downgrade downgrade) {
    String prefix = downgrade.prefixOf(terms.model());
    if (prefix == null) {
      return null;
    }
    String model = Objects.requireNonNull(downgrade.models().get(prefix));
    boolean ofThisProvider = !prefix.isEmpty() || cashier.hasPrice(terms.provider(), model, at);
    return models.contains(model) || !ofThisProvider ? null : alteration.withModel(model);
  }

  private boolean shrunk(List<Shortfall> unable) {
    long least = 0;
    List<Shortfall> shrinking = new ArrayList<>();
    for (Shortfall shortfall : unable) {
      if (shortfall.rule().action() instanceof Action.Shrink shrink) {
        least = Math.max(least, shrink.minOutput());
        shrinking.add(shortfall);
      }
    }
    if (shrinking.isEmpty() || least >= terms.maxOutput() || !pay(shrinking, least)) {
      return false;
    }
    long affordable = least;
    for (long tooMuch = terms.maxOutput(); tooMuch - affordable > 1; ) {
      long middle = affordable + (tooMuch - affordable) / 2;
      if (pay(shrinking, middle)) {
        affordable = middle;
      } else {
        tooMuch = middle;
      }
    }
    if (!alteration.canLimit(terms.model(), affordable)) {
      return false;
    }
    terms = terms.limitedTo(affordable);
    limit = affordable;
    if (decision != Decision.DOWNGRADED) {
      decision = Decision.SHRUNK;
      budget = shrinking.get(0).rule().name();
    }
    return true;
  }

  private boolean pay(List<Shortfall> budgets, long maxOutput) {
    Terms smaller = terms.limitedTo(maxOutput);
    return budgets.stream()
        .allMatch(b -> cashier.amount(smaller, b.budget().unit(), at) <= b.budget().remaining());
  }

  private Ruling stopOrWait(List<Shortfall> unable) {
    for (Shortfall shortfall : unable) {
      if (!(shortfall.rule().action() instanceof Action.Throttle)) {
        return Ruling.Stop.of(shortfall);
      }
    }
    Duration maxWait =
        unable.stream()
            .map(shortfall -> ((Action.Throttle) shortfall.rule().action()).maxWait())
            .min(Comparator.naturalOrder())
            .orElseThrow();
    Duration left = maxWait.minus(waited);
    for (Shortfall shortfall : unable) {
      if (left.isNegative() || left.isZero() || !shortfall.mayPass(left, cashier.time())) {
        return Ruling.Stop.afterWaiting(shortfall, waited, maxWait);
      }
    }
    return new Ruling.Wait(unable.get(0), maxWait);
  }

  /**
   * Where the call must stand in line before it is tried at all.
   *
   * @return null if nobody waits for the budgets that it falls under
   */
  Ruling.@Nullable Wait behindOthers(Throttle throttle) {
    if (!throttle.isBusy()) {
      return null;
    }
    return cashier.throttled(terms, payers, at).stream()
        .filter(
            shortfall ->
                throttle.hasLine(shortfall.row())
                    && shortfall.mayPass(
                        ((Action.Throttle) shortfall.rule().action()).maxWait(), cashier.time()))
        .findFirst()
        .map(
            shortfall ->
                new Ruling.Wait(shortfall, ((Action.Throttle) shortfall.rule().action()).maxWait()))
        .orElse(null);
  }
}
