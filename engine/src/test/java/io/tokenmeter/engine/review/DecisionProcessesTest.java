package io.tokenmeter.engine.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.config.BudgetAmount;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.review.Review.Ask;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that share a budget of 1,000 tokens. */
final class DecisionProcessesTest {
  @TempDir Path home;
  private final List<Worker> workers = new ArrayList<>();

  @AfterEach
  void endWorkers() throws Exception {
    for (Worker worker : workers) {
      worker.process.destroyForcibly().waitFor();
    }
  }

  @Test
  void approve_isInForceAtTheNextCallOfEveryProcess() throws Exception {
    Worker one = start();
    Worker two = start();
    assertThat(one.ask("spend 1000")).isEqualTo("spent");
    assertThat(two.ask("spend 1")).isEqualTo("denied");
    InstantSource clock = InstantSource.system();
    try (Ledger ledger = Ledger.open(home, clock)) {
      Review review = new Review(home, ledger, clock);
      String id =
          review.request(
              new Ask(
                  DecisionWorker.RULE,
                  Map.of(),
                  new BudgetAmount(Budget.Unit.TOKENS, 10),
                  Duration.ofHours(1),
                  "x"),
              new Person("alice", "svc"));
      assertThat(two.ask("spend 1")).isEqualTo("denied");
      review.approve(id, new Person("bob", "svc"));
      assertThat(two.ask("spend 7")).isEqualTo("spent");
      assertThat(one.ask("spend 3")).isEqualTo("spent");
      assertThat(one.ask("spend 1")).isEqualTo("denied");
      review.revoke(id, "", new Person("bob", "svc"));
      assertThat(two.ask("spend 1")).isEqualTo("denied");
    }
  }

  @Test
  void look_severalProcessesAndAKill_eachThresholdIsToldOnce() throws Exception {
    Worker dying = start();
    assertThat(dying.ask("spend 400")).isEqualTo("spent");
    dying.process.destroyForcibly().waitFor();
    List<Worker> three = List.of(start(), start(), start());
    for (Worker worker : three) {
      worker.tell("drain");
    }
    List<String> told = new ArrayList<>();
    for (Worker worker : three) {
      for (String line = worker.answer(); !line.equals("drained"); line = worker.answer()) {
        told.add(line);
      }
    }
    Worker restarted = start();
    assertThat(restarted.ask("drain")).isEqualTo("drained");
    assertThat(told).containsExactlyInAnyOrder("told 50", "told 80", "told 95", "told 100");
  }

  private Worker start() throws IOException {
    Worker worker = new Worker(home);
    workers.add(worker);
    assertThat(worker.answer()).isEqualTo("ready");
    return worker;
  }

  private static final class Worker {
    private final Process process;
    private final PrintWriter in;
    private final BufferedReader out;

    Worker(Path home) throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  DecisionWorker.class.getName(),
                  home.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
      out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    void tell(String line) {
      in.println(line);
    }

    String answer() throws IOException {
      return String.valueOf(out.readLine());
    }

    String ask(String line) throws IOException {
      tell(line);
      return answer();
    }
  }
}
