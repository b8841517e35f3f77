package io.tokenmeter.engine.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.config.BudgetAmount;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.review.Review.Ask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReviewTest {
  private static final Person ALICE = new Person("alice", "alice");
  private static final Person BOB = new Person("bob", "svc");
  private static final BudgetRule TEAM =
      BudgetRule.named("team").limit(Budget.Unit.TOKENS, 100).window(Window.MONTH).build();
  private static final BudgetRule USERS =
      BudgetRule.named("users")
          .per(List.of("user"))
          .limit(Budget.Unit.TOKENS, 10)
          .window(Window.DAY)
          .build();

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-25T12:00:00Z");
  private Ledger ledger;
  private Review review;

  @BeforeEach
  void open() throws IOException {
    ledger = Ledger.open(home, clock);
    review = new Review(home, ledger, clock);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private Budgets budgets(Ledger over, BudgetRule... rules) {
    Budgets budgets = new Budgets(List.of(rules), over, clock);
    budgets.follow(new Review(home, over, clock)::allowances);
    return budgets;
  }

  private static boolean admits(Budgets budgets, long tokens, Map<String, String> keys) {
    Admission admission = budgets.reserve(tokens, 0, keys);
    if (admission instanceof Admission.Granted granted) {
      granted.hold().release();
      return true;
    }
    return false;
  }

  private static Ask ask(BudgetRule rule, long tokens, Duration length) {
    return ask(rule, Map.of(), tokens, length);
  }

  private static Ask ask(BudgetRule rule, Map<String, String> scope, long tokens, Duration length) {
    return new Ask(rule, scope, new BudgetAmount(Budget.Unit.TOKENS, tokens), length, "a deadline");
  }

  @Test
  void approve_bySomebodyElse_isInForceAtTheNextReservationOfAnotherProcess() throws Exception {
    try (Ledger other = Ledger.open(home, clock)) {
      Budgets budgets = budgets(other, TEAM);
      assertThat(admits(budgets, 101, Map.of())).isFalse();

      String id = review.request(ask(TEAM, 50, Duration.ofHours(2)), ALICE);
      assertThat(admits(budgets, 101, Map.of())).as("only asked for").isFalse();
      assertThat(review.approve(id, BOB)).isEqualTo(Instant.parse("2026-11-25T14:00:00Z"));

      assertThat(admits(budgets, 150, Map.of())).isTrue();
      assertThat(admits(budgets, 151, Map.of())).isFalse();
      assertThat(budgets.list()).extracting(Budget::limit).containsExactly(150L);
      clock.advance(Duration.ofHours(2));
      assertThat(admits(budgets, 101, Map.of())).as("time is up").isFalse();
    }
  }

  @Test
  void approve_bySamePerson_isRefused() throws Exception {
    String id = review.request(ask(TEAM, 50, Duration.ofHours(2)), ALICE);

    assertThatThrownBy(() -> review.approve(id, new Person("Alice", "root")))
        .isInstanceOf(ReviewException.class)
        .hasMessageContaining("somebody else");
    assertThat(review.book().pending()).hasSize(1);
    assertThat(admits(budgets(ledger, TEAM), 101, Map.of())).isFalse();
  }

  @Test
  void approve_twice_countsOnce() throws Exception {
    String id = review.request(ask(TEAM, 50, Duration.ofHours(2)), ALICE);
    review.approve(id, BOB);

    assertThatThrownBy(() -> review.approve(id, BOB)).hasMessageContaining("answered already");
    assertThatThrownBy(() -> review.reject(id, "", BOB)).hasMessageContaining("answered already");
    assertThat(admits(budgets(ledger, TEAM), 151, Map.of())).isFalse();
  }

  @Test
  void reject_thenApprove_isRefused() throws Exception {
    String id = review.request(ask(TEAM, 50, Duration.ofHours(2)), ALICE);
    review.reject(id, "no", BOB);

    assertThatThrownBy(() -> review.approve(id, BOB)).hasMessageContaining("answered already");
    assertThat(review.book().pending()).isEmpty();
    assertThatThrownBy(() -> review.approve("req-nothing", BOB))
        .hasMessageContaining("there is no request");
  }

  @Test
  void override_severalOfThem_addUpAndAreOnRecordAsUnapproved() throws Exception {
    Budgets budgets = budgets(ledger, TEAM);
    review.override(ask(TEAM, 50, Duration.ofHours(2)), ALICE);
    String second = review.override(ask(TEAM, 7, Duration.ofHours(1)), BOB);

    assertThat(admits(budgets, 157, Map.of())).isTrue();
    assertThat(review.book().raises(clock.instant()))
        .extracting(ReviewBook.Raise::approvedBy)
        .containsExactly(null, null);
    review.revoke(second, "over", ALICE);
    assertThat(admits(budgets, 151, Map.of())).isFalse();
    assertThat(admits(budgets, 150, Map.of())).isTrue();
    assertThatThrownBy(() -> review.revoke(second, "again", ALICE))
        .hasMessageContaining("has ended already");
  }

  @Test
  void override_ofOneUser_leavesTheOthersAsTheyAre() throws Exception {
    Budgets budgets = budgets(ledger, USERS);
    review.override(ask(USERS, Map.of("user", "ann"), 5, Duration.ofHours(2)), ALICE);

    assertThat(admits(budgets, 15, Map.of("user", "ann"))).isTrue();
    assertThat(admits(budgets, 11, Map.of("user", "bob"))).isFalse();
    assertThat(budgets.list())
        .extracting(Budget::scope, Budget::limit)
        .contains(
            org.assertj.core.api.Assertions.tuple("user=ann", 15L),
            org.assertj.core.api.Assertions.tuple("user=bob", 10L));
  }

  @Test
  void override_endsWhileMoreIsSpentThanTheLimit_nothingMoreFits() throws Exception {
    Budgets budgets = budgets(ledger, TEAM);
    review.override(ask(TEAM, 50, Duration.ofHours(2)), ALICE);
    ((Admission.Granted) budgets.reserve(120, 0, Map.of())).hold().settle(120, 0);

    clock.advance(Duration.ofHours(3));
    assertThat(admits(budgets, 1, Map.of())).isFalse();
    assertThat(budgets.list()).extracting(Budget::remaining).containsExactly(-20L);
  }

  @Test
  void request_thatMakesNoSense_isRefusedAndNotOnRecord() {
    assertThatThrownBy(() -> review.request(ask(TEAM, 0, Duration.ofHours(2)), ALICE))
        .hasMessageContaining("more than 0");
    assertThatThrownBy(() -> review.request(ask(TEAM, 1, Duration.ofDays(367)), ALICE))
        .hasMessageContaining("366 days");
    assertThatThrownBy(
            () -> review.request(ask(TEAM, Map.of("user", "ann"), 1, Duration.ofHours(1)), ALICE))
        .hasMessageContaining("is not split");
    assertThatThrownBy(
            () -> review.request(ask(USERS, Map.of("team", "x"), 1, Duration.ofHours(1)), ALICE))
        .hasMessageContaining("split by user");
    assertThatThrownBy(
            () ->
                review.request(
                    new Ask(
                        TEAM,
                        Map.of(),
                        new BudgetAmount(Budget.Unit.USD, 1),
                        Duration.ofHours(1),
                        "x"),
                    ALICE))
        .hasMessageContaining("counts tokens");
    assertThatThrownBy(
            () ->
                review.request(
                    new Ask(
                        TEAM,
                        Map.of(),
                        new BudgetAmount(Budget.Unit.TOKENS, 1),
                        Duration.ofHours(1),
                        " "),
                    ALICE))
        .hasMessageContaining("reason");
    assertThat(home.resolve(AuditFile.NAME)).doesNotExist();
  }

  @Test
  void hasChanged_writerDiedBeforeItToldTheOthers_isSeenAllTheSame() throws Exception {
    Budgets budgets = budgets(ledger, TEAM);
    Review mine = new Review(home, ledger, clock);
    budgets.follow(mine::allowances);
    assertThat(mine.hasChanged()).isFalse();
    // A ledger of its own stands for the header that was never written.
    new Review(home, Ledger.inMemory(clock), clock)
        .override(ask(TEAM, 50, Duration.ofHours(2)), ALICE);

    assertThat(admits(budgets, 150, Map.of())).isFalse();
    assertThat(mine.hasChanged()).isTrue();
    budgets.reread();
    assertThat(admits(budgets, 150, Map.of())).isTrue();
  }

  @Test
  void allowances_fileBecomesUnusable_whatWasInForceStays() throws Exception {
    Review mine = new Review(home, ledger, clock);
    mine.override(ask(TEAM, 50, Duration.ofHours(2)), ALICE);
    assertThat(mine.allowances().overrides()).hasSize(1);
    Files.delete(home.resolve(AuditFile.NAME));
    Files.createDirectory(home.resolve(AuditFile.NAME));

    assertThat(mine.allowances().overrides()).hasSize(1);
    assertThat(mine.hasChanged()).as("it is said once").isFalse();
  }

  @Test
  void replaceRules_limitChanges_overridesAndGrantsAndSpendStay() throws Exception {
    Budgets budgets = budgets(ledger, TEAM);
    review.override(ask(TEAM, 50, Duration.ofHours(2)), ALICE);
    review.grant(TEAM, grant(30), "promo", ALICE);
    ((Admission.Granted) budgets.reserve(160, 0, Map.of())).hold().settle(160, 0);

    budgets.replaceRules(
        List.of(
            BudgetRule.named("team").limit(Budget.Unit.TOKENS, 200).window(Window.MONTH).build()));

    assertThat(budgets.list())
        .extracting(Budget::limit, Budget::used, Budget::remaining)
        .containsExactly(org.assertj.core.api.Assertions.tuple(250L, 150L, 120L));
    assertThat(admits(budgets, 120, Map.of())).isTrue();
    assertThat(admits(budgets, 121, Map.of())).isFalse();
  }

  private Grant grant(long tokens) {
    return new Grant(
        "",
        "team",
        Map.of(),
        Budget.Unit.TOKENS,
        tokens,
        clock.instant(),
        clock.instant().plus(Duration.ofDays(60)),
        0,
        0);
  }

  @Test
  void rollOver_twice_isOnRecordOnceAndPays() throws Exception {
    Grant ended =
        new Grant(
            "promo",
            "team",
            Map.of(),
            Budget.Unit.TOKENS,
            100,
            clock.instant().minus(Duration.ofDays(10)),
            clock.instant(),
            0,
            40);
    Budgets budgets = budgets(ledger, TEAM);
    review.rollOver(ended, 70);
    review.rollOver(ended, 70);

    assertThat(review.book().grants())
        .singleElement()
        .satisfies(
            next -> {
              assertThat(next.id()).isEqualTo("promo+1");
              assertThat(next.amount()).isEqualTo(40);
              assertThat(next.expires()).isEqualTo(clock.instant().plus(Duration.ofDays(10)));
              assertThat(next.rollover()).isZero();
            });
    assertThat(admits(budgets, 140, Map.of())).isTrue();
  }

  @Test
  void book_budgetWhoseRuleIsNoHash_isLeftOut() {
    Instant noon = Instant.parse("2026-11-25T12:00:00Z");
    AuditEntry senseless =
        new AuditEntry(
            1, noon, AuditEntry.Kind.BUDGET, Map.of("rule", "no hash", "budget", "other"));
    AuditEntry sound =
        new AuditEntry(2, noon, AuditEntry.Kind.BUDGET, Map.of("rule", "ff", "budget", "team"));

    assertThat(ReviewBook.of(List.of(senseless, sound)).budgets().values())
        .extracting(ReviewBook.KnownBudget::name)
        .containsExactly("team");
  }

  @Test
  void register_knownBudgets_areWrittenOnce() throws Exception {
    Budgets budgets = budgets(ledger, TEAM, USERS);
    review.register(budgets.rulesByHash());
    long size = Files.size(home.resolve(AuditFile.NAME));
    review.register(budgets.rulesByHash());

    assertThat(Files.size(home.resolve(AuditFile.NAME))).isEqualTo(size);
    assertThat(review.book().budgets().values())
        .extracting(ReviewBook.KnownBudget::name)
        .containsExactlyInAnyOrder("team", "users");
  }
}
