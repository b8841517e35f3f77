package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Budgets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes on one ledger file. */
final class ProcessesTest {
  @TempDir Path home;
  private final List<WorkerProcess> workers = new ArrayList<>();
  private final FakeClock clock = new FakeClock(Instant.now().toString());

  @AfterEach
  void endWorkers() throws Exception {
    for (WorkerProcess worker : workers) {
      worker.kill();
    }
  }

  @Test
  void open_manyProcessesAtOnce_oneCreatesAndAllShare() throws Exception {
    for (int i = 0; i < 3; i++) {
      start();
    }
    for (WorkerProcess worker : workers) {
      worker.tell("open");
    }
    Set<String> seeds = new HashSet<>();
    for (WorkerProcess worker : workers) {
      seeds.add(worker.answer());
    }

    assertThat(seeds).hasSize(1);
    try (Stream<Path> files = Files.list(ledgerHome())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains(LedgerDescriptor.FILE_NAME)
          .allMatch(name -> name.equals(LedgerDescriptor.FILE_NAME) || name.endsWith(".lock"));
    }
    try (Stream<Path> files = Files.list(ledgerHome())) {
      assertThat(files)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ledgerHome())))
        .isEqualTo("rwx------");
  }

  @Test
  void drain_severalProcesses_shareTheBudgetToTheToken() throws Exception {
    for (int i = 0; i < 3; i++) {
      start().ask("open");
    }
    workers.get(0).tell("drain ann 64");
    workers.get(1).tell("drain ann 37");
    workers.get(2).tell("drain bob 5");
    long ann = Long.parseLong(workers.get(0).answer()) + Long.parseLong(workers.get(1).answer());
    long bob = Long.parseLong(workers.get(2).answer());
    // One may have ended while another held more than it then settled: the rest is for the taking.
    ann += Long.parseLong(workers.get(0).ask("drain ann 1"));
    bob += Long.parseLong(workers.get(2).ask("drain bob 1"));

    assertThat(ann + bob).isEqualTo(1_000_000);
    assertThat(ann).isLessThanOrEqualTo(600_000);
    try (Ledger ledger = Ledger.open(ledgerHome(), clock)) {
      List<Budget> budgets = new Budgets(LedgerWorker.rules(), ledger, clock).list();
      assertThat(budgets).extracting(Budget::reserved).containsOnly(0L);
      assertThat(used(budgets, "team", "")).isEqualTo(1_000_000);
      assertThat(used(budgets, "all", "")).isEqualTo(1_000_000);
      assertThat(used(budgets, "user", "user=ann")).isEqualTo(ann);
      assertThat(used(budgets, "user", "user=bob")).isEqualTo(bob);
    }
  }

  @Test
  void maintain_processWasKilled_givesBackWhatItHeldAndKeepsWhatItCharged() throws Exception {
    WorkerProcess worker = start();
    worker.ask("open");
    assertThat(worker.ask("charge ann 1000")).isEqualTo("charged");
    assertThat(worker.ask("hold ann 300000")).isEqualTo("held");
    try (Ledger ledger = Ledger.open(ledgerHome(), clock)) {
      Budgets budgets = new Budgets(LedgerWorker.rules(), ledger, clock);

      clock.advance(Duration.ofMinutes(10));
      ledger.maintain();
      assertThat(reserved(budgets, "team")).as("alive, though its heart stopped").isEqualTo(300000);

      worker.kill();
      ledger.maintain();
      assertThat(reserved(budgets, "team")).isZero();
      assertThat(reserved(budgets, "user")).isZero();
      assertThat(used(budgets.list(), "team", "")).isEqualTo(1000);
      assertThat(used(budgets.list(), "all", "")).isEqualTo(1000);
    }
  }

  @Test
  void create_diskHasNoMoreRoom_lastKeysShareARowAndNothingFails() throws Exception {
    WorkerProcess worker = start("sh", "-c", "ulimit -f 12000; exec \"$@\"", "sh");
    worker.ask("open");

    int budgets = Integer.parseInt(worker.ask("keys 20000"));

    assertThat(budgets).isBetween(5_000, 10_000);
    assertThat(worker.ask("charge user-1 5")).isEqualTo("charged");
    assertThat(worker.ask("charge user-19999 5")).as("shares a row").isEqualTo("charged");
    assertThat(Files.size(ledgerHome().resolve(LedgerDescriptor.FILE_NAME)))
        .isLessThanOrEqualTo(12_000 * 512);
    worker.kill();
    try (Ledger ledger = Ledger.open(ledgerHome(), clock)) {
      clock.advance(Duration.ofMinutes(10));
      ledger.maintain();
      List<Budget> list = new Budgets(LedgerWorker.rules(), ledger, clock).list();
      assertThat(used(list, "user", "(others: the ledger is full)")).isEqualTo(5);
      assertThat(list).extracting(Budget::reserved).containsOnly(0L);
    }
  }

  @Test
  void open_diskIsFull_saysSoAndLeavesNothingBehind() throws Exception {
    WorkerProcess worker = start("sh", "-c", "ulimit -f 100; exec \"$@\"", "sh");

    assertThat(worker.ask("open")).startsWith("java.io.IOException").contains("File too large");

    try (Stream<Path> files = Files.list(ledgerHome())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsOnly(LedgerDescriptor.LOCK_NAME);
    }
  }

  @Test
  void maintain_heartbeatIsFresh_leavesTheDeadAlone() throws Exception {
    WorkerProcess worker = start();
    worker.ask("open");
    worker.ask("hold ann 5");
    worker.kill();
    clock.set(Instant.now().toString());
    try (Ledger ledger = Ledger.open(ledgerHome(), clock)) {
      Budgets budgets = new Budgets(LedgerWorker.rules(), ledger, clock);
      ledger.maintain();
      assertThat(reserved(budgets, "team")).isEqualTo(5);

      clock.advance(Duration.ofMillis(Participants.STALE_MILLIS + 1_000));
      ledger.maintain();
      assertThat(reserved(budgets, "team")).isZero();
    }
  }

  @Test
  void kill_inTheMiddleOfWork_neverLeaksNorForgets() throws Exception {
    try (Ledger ledger = Ledger.open(ledgerHome(), clock)) {
      Budgets budgets = new Budgets(LedgerWorker.rules(), ledger, clock);
      for (int round = 0; round < 2; round++) {
        WorkerProcess victim = start();
        WorkerProcess other = start();
        victim.ask("open");
        other.ask("open");
        victim.ask("churn ann");
        assertThat(other.ask("hold bob 11")).isEqualTo("held");
        long before = used(budgets.list(), "team", "");
        while (used(budgets.list(), "team", "") < Math.min(before + 5_000, 999_000)) {
          Thread.onSpinWait();
        }
        victim.kill();
        clock.set(Instant.now().plusSeconds(30).toString());
        ledger.maintain();

        assertThat(reserved(budgets, "team")).isEqualTo(11);
        assertThat(used(budgets.list(), "team", "") % 5).isZero();
        assertThat(used(budgets.list(), "user", "user=ann"))
            .isEqualTo(used(budgets.list(), "team", ""))
            .isEqualTo(used(budgets.list(), "all", ""));
        other.kill();
        ledger.maintain();
        assertThat(reserved(budgets, "team")).isZero();
      }
    }
  }

  private Path ledgerHome() {
    return home.resolve("state");
  }

  private static long used(List<Budget> budgets, String name, String scope) {
    return budgets.stream()
        .filter(budget -> budget.name().equals(name) && budget.scope().equals(scope))
        .mapToLong(Budget::used)
        .sum();
  }

  private static long reserved(Budgets budgets, String name) {
    return budgets.list().stream()
        .filter(budget -> budget.name().equals(name))
        .mapToLong(Budget::reserved)
        .sum();
  }

  private WorkerProcess start(String... prefix) throws IOException {
    WorkerProcess worker = new WorkerProcess(ledgerHome(), prefix);
    workers.add(worker);
    assertThat(worker.answer()).isEqualTo("ready");
    return worker;
  }
}
