package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.FILE_NAME;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_OFFSET;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process dies before each of its writes in turn, to the file or to the mapped words, and half
 * way through those to the file, while it creates the ledger or makes it longer. A process that had
 * the shorter file mapped, and one that comes later, both find every account, can make more, and
 * touch no page that is not there.
 */
final class FileCrashPointTest {
  /** Growing means two writes of zeros. */
  private static final Sizes SIZES = new Sizes(512, 16, 4);

  /** One row more makes the file grow. */
  private static final int ACCOUNTS = 512 * 7 / 8;

  private static final long HELD = 11;
  private static final long NEW_KEY = 10_000;

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
  @TempDir Path home;

  @Test
  void create_crashAnywhere_nextOneCreatesIt() throws IOException {
    int writes = 0;
    for (boolean crashed = true; crashed; writes++) {
      Path directory = home.resolve("create" + writes);
      crashed = creationCrashes(directory, writes);
      boolean whole = Files.exists(directory.resolve(FILE_NAME));
      try (Ledger next = Ledger.open(directory, clock, SIZES)) {
        charge(next, 1, 5);
        assertThat(settled(next, 1)).as("write %d", writes).isEqualTo(5);
      }
      assertThat(whole || crashed).as("write %d", writes).isTrue();
      try (Stream<Path> files = Files.list(directory)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .as("write %d", writes)
            .doesNotContain(FILE_NAME + ".new");
      }
    }
    assertThat(writes).isGreaterThan(10);
  }

  private boolean creationCrashes(Path directory, int writes) throws IOException {
    try {
      Ledger.open(CrashingFiles.at(directory, CrashPoint.after(writes)), clock, SIZES).close();
      return false;
    } catch (CrashPoint.Crash crash) {
      return true;
    }
  }

  @Test
  void grow_inACall_crashAnywhere_losesNothing() throws IOException {
    growCrashingEverywhere(victim -> charge(victim, NEW_KEY, 30));
  }

  @Test
  void grow_ahead_crashAnywhere_losesNothing() throws IOException {
    growCrashingEverywhere(Ledger::maintain);
  }

  private void growCrashingEverywhere(Consumer<Ledger> work) throws IOException {
    Path full = home.resolve("full");
    try (Ledger ledger = Ledger.open(full, clock, SIZES)) {
      for (int key = 1; key <= ACCOUNTS; key++) {
        charge(ledger, key, key);
      }
      assertThat(ledger.rows().capacity()).isEqualTo(SIZES.rows());
    }
    TreeSet<Long> capacities = new TreeSet<>();
    int writes = 0;
    for (boolean crashed = true; crashed; writes++) {
      Path directory = Files.createDirectory(home.resolve("grow" + writes));
      Files.copy(full.resolve(FILE_NAME), directory.resolve(FILE_NAME));
      // The victim's participant number is that of a ledger which does nothing.
      try (Ledger idle = Ledger.open(directory, clock);
          Ledger survivor = Ledger.open(directory, clock)) {
        assertThat(idle.isShared()).isTrue();
        LedgerHold held = hold(survivor, 1, HELD);
        crashed = crashes(directory, writes, work);
        capacities.add(survivor.memory().get(ROWS_OFFSET));
        String point = "write %d".formatted(writes);
        assertThat(behindTheRows(directory)).as(point).containsOnly(0);
        assertThat(DyingLedger.recover(survivor)).isNotNegative();
        assertAllThere(survivor, point);
        try (Ledger later = Ledger.open(directory, clock)) {
          assertAllThere(later, point);
          growFurther(survivor, 20_000, point);
          growFurther(later, 30_000, point);
          assertThat(settled(survivor, 30_000 + ACCOUNTS)).as(point).isEqualTo(1);
          assertThat(settled(later, 20_000 + ACCOUNTS)).as(point).isEqualTo(1);
          assertAllThere(survivor, point);
          held.settle(3, 0);
          assertThat(settled(later, 1)).as(point).isEqualTo(4);
        }
        assertThat(survivor.memory().get(LedgerDescriptor.DAMAGE_OFFSET)).as(point).isZero();
        assertThat(Files.size(directory.resolve(FILE_NAME)))
            .as(point)
            .isEqualTo(SIZES.length(survivor.rows().capacity()));
      }
    }
    assertThat(writes).isGreaterThan(5);
    assertThat(capacities).containsExactly(512L, 1024L);
  }

  /** What the file has beyond the rows that its header speaks of, and a zero. */
  private static byte[] behindTheRows(Path directory) throws IOException {
    byte[] all = Files.readAllBytes(directory.resolve(FILE_NAME));
    long rows = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getLong(ROWS_OFFSET);
    return Arrays.copyOfRange(all, (int) SIZES.length(rows), all.length + 1);
  }

  private boolean crashes(Path directory, int writes, Consumer<Ledger> work) throws IOException {
    try {
      work.accept(DyingLedger.open(directory, CrashPoint.after(writes), clock));
      return false;
    } catch (CrashPoint.Crash crash) {
      return true;
    }
  }

  private static void assertAllThere(Ledger ledger, String point) {
    for (int key = 2; key <= ACCOUNTS; key++) {
      assertThat(settled(ledger, key)).as("%s, account %d", point, key).isEqualTo(key);
    }
    AccountState first = ledger.state(ledger.find(1, 1));
    assertThat(first.settled()).as(point).isEqualTo(1);
    assertThat(first.held()).as(point).isEqualTo(HELD);
    long ref = ledger.find(NEW_KEY, NEW_KEY);
    assertThat(ref == 0 ? 0 : ledger.state(ref).held()).as(point).isZero();
    assertThat(settled(ledger, NEW_KEY)).as(point).isIn(0L, 30L);
  }

  private static void growFurther(Ledger ledger, int from, String point) {
    for (int key = from; key <= from + ACCOUNTS; key++) {
      charge(ledger, key, 1);
      assertThat(settled(ledger, key)).as("%s, account %d", point, key).isEqualTo(1);
    }
  }

  private static void charge(Ledger ledger, long key, long amount) {
    hold(ledger, key, amount).settle(amount, 0);
  }

  private static LedgerHold hold(Ledger ledger, long key, long amount) {
    AccountSpec spec = AccountSpec.until(Long.MAX_VALUE - 1, key, AccountUnit.TOKENS, "a");
    LedgerHold hold = ledger.begin(ledger.now());
    long known = ledger.find(key, key);
    long ref = known != 0 ? known : hold.create(key, key, spec, false);
    hold.take(ref, amount, Long.MAX_VALUE, false);
    hold.complete();
    return hold;
  }

  private static long settled(Ledger ledger, long key) {
    long ref = ledger.find(key, key);
    return ref == 0 ? 0 : ledger.settled(ref);
  }
}
