package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes and this one use a ledger. One is killed while the file becomes longer, the other
 * one when that happens again, both by the system and at a random moment. What they had charged is
 * there to the token, no row was written over, and the file grows further.
 */
final class GrowthUnderKillTest {
  /** The first account more makes the file grow, by 8 MB and then by 16: some milliseconds. */
  private static final Sizes SIZES = new Sizes(1 << 15, 64, 8);

  private static final int FULL = SIZES.rows() / 8 * 7;
  private static final int MOST_PAUSE_NANOS = 4_000_000;

  private static final int MOST_CHARGES = 100_000;

  /** The profile "nightly" has more. */
  private static final int ROUNDS = Integer.getInteger("engine.rounds.of.kills", 2);

  /** On a busy machine the growth may be over before anybody looks. */
  private static final int MOST_ROUNDS = ROUNDS + 20;

  private final SplittableRandom random = new SplittableRandom();
  @TempDir Path home;

  @Test
  void kill_whileTheFileGrows_losesNothingAndGrowthGoesOn() throws Exception {
    Path full = home.resolve("full");
    FakeClock clock = new FakeClock(Instant.now().toString());
    try (Ledger ledger = Ledger.open(full, clock, SIZES)) {
      Budgets budgets = new Budgets(LedgerWorker.rules(), ledger, clock);
      for (int i = 0; ledger.rows().used() < FULL; i++) {
        charge(budgets, "there", i);
      }
      assertThat(ledger.rows().capacity()).isEqualTo(SIZES.rows());
    }
    int unfinished = 0;
    for (int round = 0; round < (unfinished > 0 ? ROUNDS : MOST_ROUNDS); round++) {
      Path directory = Files.createDirectory(home.resolve("round" + round));
      Files.copy(
          full.resolve(LedgerDescriptor.FILE_NAME), directory.resolve(LedgerDescriptor.FILE_NAME));
      unfinished += killGrowing(directory);
    }
    assertThat(unfinished).as("files that were longer than they said").isPositive();
  }

  /** How many of the two left a longer file that did not say so. */
  private int killGrowing(Path directory) throws Exception {
    FakeClock clock = new FakeClock(Instant.now().toString());
    Grower one = new Grower(directory, "one");
    Grower other = new Grower(directory, "other");
    try (Ledger ledger = Ledger.open(directory, clock)) {
      Budgets budgets = new Budgets(LedgerWorker.rules(), ledger, clock);
      AtomicBoolean stop = new AtomicBoolean();
      CompletableFuture<Integer> used =
          CompletableFuture.supplyAsync(
              () -> {
                int charges = 0;
                while (!stop.get()) {
                  Admission.Hold hold = hold(budgets, "there", 0);
                  if (charges < MOST_CHARGES) {
                    hold.settle(amount(0), 0);
                    charges++;
                  } else {
                    hold.release();
                  }
                }
                return charges;
              });
      one.grow();
      other.grow();
      int unfinished = 0;
      for (Grower victim : new Grower[] {one, other}) {
        awaitGrowth(ledger, directory);
        victim.kill();
        unfinished += isLongerThanItSays(ledger, directory) ? 1 : 0;
      }
      stop.set(true);
      long usedHere = used.join();
      clock.advance(Duration.ofMinutes(1));
      ledger.maintain();
      assertAllThere(ledger, budgets, one, other, usedHere, 0);

      long capacity = ledger.rows().capacity();
      int more = 0;
      while (ledger.rows().capacity() == capacity) {
        charge(budgets, "more", more++);
      }
      assertAllThere(ledger, budgets, one, other, usedHere, more);
      try (Ledger later = Ledger.open(directory, clock)) {
        Budgets anew = new Budgets(LedgerWorker.rules(), later, clock);
        assertAllThere(later, anew, one, other, usedHere, more);
      }
      return unfinished;
    } finally {
      one.kill();
      other.kill();
    }
  }

  /** Waits until the file grows, or has grown, and then for a random time. */
  private void awaitGrowth(Ledger ledger, Path directory) throws IOException {
    long capacity = ledger.rows().capacity();
    while (ledger.rows().capacity() == capacity && !isLongerThanItSays(ledger, directory)) {
      Thread.onSpinWait();
    }
    long end = System.nanoTime() + random.nextInt(MOST_PAUSE_NANOS);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private static boolean isLongerThanItSays(Ledger ledger, Path directory) throws IOException {
    return Files.size(directory.resolve(LedgerDescriptor.FILE_NAME))
        > SIZES.length(ledger.rows().capacity());
  }

  private static void assertAllThere(
      Ledger ledger, Budgets budgets, Grower one, Grower other, long usedHere, int more) {
    Map<String, Long> used =
        budgets.list().stream()
            .collect(Collectors.toMap(b -> b.name() + " " + b.scope(), Budget::used));
    long sum = usedHere * amount(0);
    long doubtful = 0;
    for (Grower grower : new Grower[] {one, other}) {
      sum += assertCharged(used, grower.name, grower.told);
      long last = used.getOrDefault("user user=" + grower.name + (grower.told + 1), 0L);
      assertThat(last).isIn(0L, amount(grower.told + 1));
      doubtful += amount(grower.told + 1);
    }
    sum += assertCharged(used, "more", more - 1);
    int there = FULL - 2;
    used.merge("user user=there0", -usedHere * amount(0), Long::sum);
    sum += assertCharged(used, "there", there - 1);
    assertThat(used.get("team ")).isBetween(sum, sum + doubtful);
    assertThat(used.get("all ")).isBetween(sum, sum + doubtful);
    assertThat(budgets.list()).extracting(Budget::reserved).containsOnly(0L);
    assertThat(ledger.memory().get(LedgerDescriptor.DAMAGE_OFFSET)).isZero();
  }

  /** What the users of a name have been charged, up to one. */
  private static long assertCharged(Map<String, Long> used, String name, int last) {
    long sum = 0;
    for (int i = 0; i <= last; i++) {
      assertThat(used.get("user user=" + name + i)).as("%s%d", name, i).isEqualTo(amount(i));
      sum += amount(i);
    }
    return sum;
  }

  private static void charge(Budgets budgets, String name, int user) {
    hold(budgets, name, user).settle(amount(user), 0);
  }

  private static Admission.Hold hold(Budgets budgets, String name, int user) {
    Admission admission = budgets.reserve(amount(user), 0, Map.of("user", name + user));
    return ((Admission.Granted) admission).hold();
  }

  private static long amount(int user) {
    return LedgerWorker.amountOf(user);
  }

  /** A process that charges one new user after the other. */
  private static final class Grower {
    private final String name;
    private final WorkerProcess process;
    private CompletableFuture<Integer> lastTold = CompletableFuture.completedFuture(-1);
    private int told;

    Grower(Path directory, String name) throws IOException {
      this.name = name;
      this.process = new WorkerProcess(directory);
      assertThat(process.answer()).isEqualTo("ready");
      process.ask("open");
    }

    void grow() {
      process.tell("grow " + name);
      lastTold = CompletableFuture.supplyAsync(process::lastNumber);
    }

    void kill() throws Exception {
      process.kill();
      told = lastTold.join();
    }
  }
}
