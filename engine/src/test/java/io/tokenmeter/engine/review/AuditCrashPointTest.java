package io.tokenmeter.engine.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.config.BudgetAmount;
import io.tokenmeter.engine.ledger.CrashPoint;
import io.tokenmeter.engine.ledger.CrashingFiles;
import io.tokenmeter.engine.ledger.DyingLedger;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.review.Review.Ask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever decides something dies before each write in turn, to the audit file or to the ledger's
 * word, or half way through a write. What it decided then is in force everywhere or nowhere, the
 * record is unbroken, and it can be decided anew where it is not.
 */
final class AuditCrashPointTest {
  private static final Person ALICE = new Person("alice", "svc");
  private static final Person BOB = new Person("bob", "svc");
  private static final BudgetRule RULE =
      BudgetRule.named("shared").limit(Budget.Unit.TOKENS, 100).window(Window.LIFETIME).build();

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-25T12:00:00Z");

  /** What somebody decides who dies over it. */
  private interface Decision {
    void make(Review review, String request) throws Exception;
  }

  @Test
  void approve_crashAnywhere_isInForceOrCanBeApproved() throws Exception {
    crashEverywhere((review, request) -> review.approve(request, BOB), 10);
  }

  @Test
  void override_crashAnywhere_isInForceOrNot() throws Exception {
    crashEverywhere((review, request) -> review.override(ask(10), BOB), 10);
  }

  @Test
  void grant_crashAnywhere_isInForceOrNot() throws Exception {
    crashEverywhere(
        (review, request) ->
            review.grant(
                RULE,
                new Grant(
                    "",
                    RULE.name(),
                    Map.of(),
                    Budget.Unit.TOKENS,
                    10,
                    clock.instant(),
                    clock.instant().plusSeconds(3_600),
                    0,
                    0),
                "x",
                BOB),
        10);
  }

  @Test
  void rollOver_crashAnywhere_paysOnce() throws Exception {
    Grant expired =
        new Grant(
            "promo",
            RULE.name(),
            Map.of(),
            Budget.Unit.TOKENS,
            50,
            clock.instant().minusSeconds(7_200),
            clock.instant(),
            0,
            10);
    crashEverywhere((review, request) -> review.rollOver(expired, 30), 10);
  }

  private static Ask ask(long tokens) {
    return new Ask(
        RULE,
        Map.of(),
        new BudgetAmount(Budget.Unit.TOKENS, tokens),
        Duration.ofHours(1),
        "launch");
  }

  private void crashEverywhere(Decision decision, long more) throws Exception {
    boolean undone = false;
    boolean done = false;
    boolean crashed = true;
    int writes = 0;
    for (; crashed; writes++) {
      Path directory = Files.createDirectory(home.resolve("w" + writes));
      try (Ledger ledger = Ledger.open(directory, clock)) {
        Review review = new Review(directory, ledger, clock);
        Budgets budgets = new Budgets(List.of(RULE), ledger, clock);
        budgets.follow(review::allowances);
        String request = review.request(ask(10), ALICE);
        budgets.reread();
        spend(budgets, 100);
        assertThat(spend(budgets, 1)).isFalse();

        crashed = crashes(directory, writes, decision, request);
        String point = "write %d".formatted(writes);
        // What the meter's thread does once a second.
        if (review.hasChanged()) {
          budgets.reread();
        }
        boolean inForce = spend(budgets, more);
        assertThat(spend(budgets, 1)).as(point).isFalse();
        done |= inForce;
        undone |= !inForce;
        try (Ledger other = Ledger.open(directory, clock)) {
          Review later = new Review(directory, other, clock);
          Budgets others = new Budgets(List.of(RULE), other, clock);
          others.follow(later::allowances);
          assertThat(spend(others, 1)).as(point).isFalse();
          if (!inForce) {
            decision.make(later, request);
            assertThat(spend(budgets, more)).as(point).isTrue();
            assertThat(spend(others, 1)).as(point).isFalse();
          }
          later.override(ask(5), BOB);
          assertThat(spend(others, 5)).as(point).isTrue();
          assertThat(spend(budgets, 1)).as(point).isFalse();
        }
        AuditFile.Contents contents = new AuditFile(directory).read();
        assertThat(contents.problems()).as(point).isEmpty();
        assertThat(contents.entries()).as(point).hasSize(3);
      }
    }
    assertThat(writes).isGreaterThan(4);
    assertThat(done).isTrue();
    assertThat(undone).isTrue();
  }

  private boolean crashes(Path directory, int writes, Decision decision, String request)
      throws Exception {
    CrashPoint point = CrashPoint.after(writes);
    Ledger dying = DyingLedger.open(directory, point, clock);
    try {
      decision.make(new Review(CrashingFiles.at(directory, point), dying, clock), request);
      return false;
    } catch (CrashPoint.Crash crash) {
      return true;
    }
  }

  private static boolean spend(Budgets budgets, long tokens) {
    if (budgets.reserve(tokens, 0, Map.of()) instanceof Admission.Granted granted) {
      granted.hold().settle(tokens, 0);
      return true;
    }
    return false;
  }
}
