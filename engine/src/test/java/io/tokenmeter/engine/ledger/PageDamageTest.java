package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A page of the file is overwritten, each kind in turn, while a process has it mapped and calls are
 * open; another process opens it afterwards. Nothing throws, and whoever spends more than a limit
 * has been told of the damage, or is denied the file.
 */
final class PageDamageTest {
  private static final int PAGE = 4096;
  private static final Sizes SIZES = new Sizes(64, 32, 4);
  private static final long LIMIT = 1_000;
  private static final int USERS = 20;

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");

  private enum Damage {
    ZEROS,
    ONES,
    NOISE,
    FLIPPED_BIT
  }

  static List<Arguments> pages() {
    List<Arguments> pages = new ArrayList<>();
    for (Damage damage : Damage.values()) {
      for (int at = 0; at < SIZES.length(); at += PAGE) {
        pages.add(Arguments.of(kind(at), at, damage));
      }
    }
    return pages;
  }

  private static String kind(int at) {
    if (at < LedgerDescriptor.PARTICIPANTS_OFFSET) {
      return "header";
    }
    if (at < SIZES.bucketsOffset()) {
      return "participants";
    }
    if (at < SIZES.slotsOffset()) {
      return "chains";
    }
    if (at < SIZES.rowsOffset()) {
      return "slots";
    }
    int counts = SIZES.block() * LedgerDescriptor.COUNTS_STRIDE;
    return at < SIZES.rowsOffset() + counts ? "counts and rings" : "names, labels and rings";
  }

  private static List<BudgetRule> rules() {
    return List.of(
        rule("month", Window.MONTH),
        rule("rolling", Window.rolling(Duration.ofDays(2))),
        rule("bucket", Window.REFILL_DAY));
  }

  private static BudgetRule rule(String name, Window window) {
    return BudgetRule.named(name)
        .per(List.of("user"))
        .limit(Budget.Unit.TOKENS, LIMIT)
        .window(window)
        .build();
  }

  @ParameterizedTest(name = "{0} at {1}: {2}")
  @MethodSource("pages")
  void page_isOverwritten_nothingFailsAndNothingIsOverspentSilently(
      String kind, int at, Damage damage) throws IOException {
    try (Ledger ledger = Ledger.open(home, clock, SIZES)) {
      Budgets budgets = new Budgets(rules(), ledger, clock);
      long[] spent = new long[USERS];
      List<Admission.Hold> open = new ArrayList<>();
      for (int user = 0; user < USERS; user++) {
        spent[user] = spend(budgets, user, LIMIT / 2);
        if (reserve(budgets, user, 100) instanceof Admission.Granted granted) {
          open.add(granted.hold());
        }
      }
      overwrite(at, damage);

      drain(budgets, spent);
      // An hour in which the meter's thread looks after the ledger.
      for (int minute = 0; minute < 60; minute++) {
        clock.advance(Duration.ofMinutes(1));
        ledger.maintain();
      }
      open.forEach(hold -> hold.settle(0, 0));
      drain(budgets, spent);
      ledger.spend().add(Map.of("team", "search"), 1, 1, true, clock.instant());
      assertThat(budgets.list()).isNotEmpty();
      assertThat(ledger.spend().list()).isNotNull();
      boolean told = isTold(ledger) | drainAsAnotherProcess(spent);

      for (int user = 0; user < USERS; user++) {
        // An hour of the bucket's flow comes on top.
        boolean overspent = spent[user] > LIMIT + LIMIT / 24 + 1;
        assertThat(overspent && !told).as("user %d spent %d", user, spent[user]).isFalse();
      }
    }
  }

  /** Whether the log has said so: see {@link Housekeeping}. */
  private static boolean isTold(Ledger ledger) {
    return ledger.memory().get(LedgerDescriptor.DAMAGE_OFFSET) != 0;
  }

  private boolean drainAsAnotherProcess(long[] spent) {
    try (Ledger other = Ledger.open(home, clock)) {
      other.maintain();
      drain(new Budgets(rules(), other, clock), spent);
      other.maintain();
      return isTold(other);
    } catch (IOException refused) {
      assertThat(refused).hasMessageContaining(home.toString());
      return true;
    }
  }

  private static void drain(Budgets budgets, long[] spent) {
    for (int user = 0; user < USERS; user++) {
      for (long amount = LIMIT; amount > 0; amount /= 2) {
        spent[user] += spend(budgets, user, amount);
      }
    }
  }

  private static long spend(Budgets budgets, int user, long tokens) {
    if (reserve(budgets, user, tokens) instanceof Admission.Granted granted) {
      granted.hold().settle(tokens, 0);
      return tokens;
    }
    return 0;
  }

  private static Admission reserve(Budgets budgets, int user, long tokens) {
    return budgets.reserve(tokens, 0, Map.of("user", "u" + user));
  }

  private void overwrite(int at, Damage damage) throws IOException {
    try (FileChannel channel = LedgerFile.openExisting(home.resolve(LedgerDescriptor.FILE_NAME))) {
      byte[] page = new byte[(int) Math.min(PAGE, channel.size() - at)];
      Random random = new Random(at);
      switch (damage) {
        case ZEROS -> {}
        case ONES -> Arrays.fill(page, (byte) -1);
        case NOISE -> random.nextBytes(page);
        case FLIPPED_BIT -> {
          channel.read(ByteBuffer.wrap(page), at);
          page[random.nextInt(page.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      channel.write(ByteBuffer.wrap(page), at);
    }
  }
}
