package io.tokenmeter.javaagent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.config.ConfigurationLoader;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.review.Review;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a ledger that a service has open. */
class ReviewCommandsTest {
  private static final String RULES =
      """
      budgets:
        rules:
          - {name: search-month, match: {team: search}, limit: 5 USD, window: month}
          - {name: each-user, per: [user], limit: 1000 tokens, window: day}
      """;

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Instant now = Instant.parse("2026-11-25T10:00:00Z");
  private Map<String, String> properties = Map.of();

  @BeforeEach
  void configure() throws Exception {
    properties = new HashMap<>();
    properties.put("tokenmeter.home", directory.resolve("state").toString());
    properties.put("user.name", "svc");
    configure(RULES);
  }

  private void configure(String yaml) throws Exception {
    Path file = Files.writeString(directory.resolve("tokenmeter.yaml"), yaml);
    properties.put("tokenmeter.config", file.toString());
  }

  private String run(int exitCode, String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    ByteArrayInputStream in = new ByteArrayInputStream(new byte[0]);
    assertThat(
            CommandLineMain.run(
                args,
                new PrintWriter(out),
                new PrintWriter(err),
                new Surroundings(properties, Map.of(), in, KeyInput.of(null, in), () -> now)))
        .as("%s", err)
        .isEqualTo(exitCode);
    return out.toString();
  }

  private String id(String printed) {
    return printed.lines().findFirst().orElseThrow();
  }

  /** What a running service does. */
  private final class Service implements AutoCloseable {
    final Ledger ledger = Ledger.open(directory.resolve("state"), () -> now);
    final Budgets budgets =
        new Budgets(
            ConfigurationLoader.load(properties, Map.of()).budgets().rules(), ledger, () -> now);

    Service() throws Exception {
      budgets.follow(new Review(directory.resolve("state"), ledger, () -> now)::allowances);
    }

    boolean pays(long nanoUsd) {
      if (budgets.reserve(0, nanoUsd, Map.of("team", "search"))
          instanceof Admission.Granted granted) {
        granted.hold().settle(0, nanoUsd);
        return true;
      }
      return false;
    }

    @Override
    public void close() {
      ledger.close();
    }
  }

  @Test
  void requestAndApprove_inForceInTheRunningService() throws Exception {
    try (Service service = new Service()) {
      assertThat(service.pays(5_000_000_000L)).isTrue();
      assertThat(service.pays(1)).isFalse();

      String id =
          id(
              run(
                  0,
                  "request",
                  "search-month",
                  "--amount",
                  "5USD",
                  "--for",
                  "2h",
                  "--reason",
                  "launch",
                  "--as",
                  "alice"));
      assertThat(id).startsWith("req-");
      assertThat(service.pays(1)).isFalse();
      run(1, "approve", id, "--as", "alice");
      assertThat(err.toString()).contains("somebody else");
      assertThat(run(0, "approve", id, "--as", "bob"))
          .contains(id + " is in force until 2026-11-25T12:00:00Z");

      assertThat(service.pays(5_000_000_000L)).isTrue();
      assertThat(service.pays(1)).isFalse();
      assertThat(run(0, "status"))
          .contains("Overrides in force", id, "alice", "bob", "in 2 h 0 min", "launch")
          .contains("10.00 USD");
      assertThat(run(0, "status", "--json"))
          .contains("\"approved_by\" : \"bob\"", "\"amount\" : \"5.000000000\"");
      assertThat(Files.readString(directory.resolve("state").resolve("audit.jsonl")))
          .contains("\"by\":\"alice\",\"os_user\":\"svc\",\"claimed\":\"true\"");
    }
  }

  @Test
  void status_requestWaits_isShownUntilItIsAnswered() throws Exception {
    String id =
        id(
            run(
                0,
                "request",
                "each-user",
                "--scope",
                "user=ann",
                "--amount",
                "2k tokens",
                "--for",
                "3d",
                "--reason",
                "thesis"));
    assertThat(run(0, "status"))
        .contains("Requests that wait", id, "user=ann", "2,000 tokens", "svc", "thesis");
    run(0, "reject", id, "--reason", "no", "--as", "bob");
    assertThat(run(0, "status")).doesNotContain("Requests that wait");
  }

  @Test
  void override_thenRevoke_isOnRecordAsUnapproved() throws Exception {
    String id =
        id(
            run(
                0,
                "override",
                "search-month",
                "--amount",
                "1 USD",
                "--for",
                "30m",
                "--reason",
                "incident 7"));
    assertThat(run(0, "status")).contains(id, "(nobody)", "incident 7", "6.00 USD");
    run(0, "revoke", id);
    assertThat(run(0, "status")).doesNotContain(id).contains("5.00 USD");
  }

  @Test
  void grant_isDrawnOnAndShown() throws Exception {
    try (Service service = new Service()) {
      String id =
          id(
              run(
                  0,
                  "grant",
                  "search-month",
                  "--amount",
                  "3USD",
                  "--expires",
                  "2027-01-01",
                  "--priority",
                  "1",
                  "--rollover",
                  "1USD",
                  "--reason",
                  "promo"));
      assertThat(id).startsWith("grt-");
      assertThat(service.pays(6_000_000_000L)).isTrue();
      assertThat(run(0, "status"))
          .contains("Grants", id, "1.00 USD", "2.00 USD", "2027-01-01T00:00:00Z");
      assertThat(run(0, "status", "--json")).contains("\"left\" : \"2.000000000\"");
    }
  }

  @Test
  void commands_thatCannotBe_sayWhy() {
    run(1, "request", "serch", "--amount", "5USD", "--for", "2h", "--reason", "x");
    assertThat(err.toString()).contains("there is no budget 'serch'", "search-month, each-user");
    run(2, "request", "search-month", "--amount", "5EUR", "--for", "2h", "--reason", "x");
    assertThat(err.toString()).contains("--amount", "expected an amount", "5EUR");
    run(2, "request", "search-month", "--amount", "5USD", "--for", "soon", "--reason", "x");
    assertThat(err.toString()).contains("--for", "expected a length of time", "soon");
    run(2, "request", "search-month", "--amount", "5USD", "--for", "2h");
    assertThat(err.toString()).contains("--reason");
    run(1, "approve", "req-nothing");
    assertThat(err.toString()).contains("there is no request req-nothing");
    run(2, "grant", "search-month", "--amount", "5USD", "--expires", "soon");
    assertThat(err.toString()).contains("expected a date");
  }

  @Test
  void doctor_auditFileWasChanged_isAnError() throws Exception {
    run(0, "override", "search-month", "--amount", "1USD", "--for", "1h", "--reason", "a");
    run(0, "override", "search-month", "--amount", "2USD", "--for", "1h", "--reason", "b");
    assertThat(run(0, "doctor")).contains("2 entries, each as it was written");

    Path file = directory.resolve("state").resolve("audit.jsonl");
    List<String> lines = Files.readAllLines(file);
    Files.write(file, List.of(lines.get(0).replace("1 USD", "9 USD"), lines.get(1)));
    assertThat(run(1, "doctor")).contains("line 2", "lines are not whole");
    assertThat(run(0, "status")).contains("7.00 USD");
    Files.write(file, List.of(lines.get(0)));
    assertThat(run(1, "doctor")).contains("the last 1 entries are missing: 2 were written");
    Files.delete(file);
    assertThat(run(1, "doctor")).contains("the last 2 entries are missing: 2 were written");
  }

  @Test
  void report_openAndClosedMonths_byWhatIsAsked() throws Exception {
    try (Ledger ledger = Ledger.open(directory.resolve("state"), () -> now)) {
      ledger
          .spend()
          .add(Map.of("team", "search", "model", "gpt-4o"), 100, 2_500_000_000L, true, now);
      ledger.spend().add(Map.of("team", "search", "model", "o3"), 10, 0, false, now);
      ledger.spend().add(Map.of("team", "=cmd|' /C calc'!A0", "model", "o3"), 5, 7, true, now);
    }
    assertThat(run(0, "report").replaceAll(" +", " "))
        .isEqualTo(
            """
            Spend in 2026-11 (UTC), so far
            MONTH STATE TEAM MODEL CALLS UNPRICED_CALLS TOKENS COST_USD
            2026-11 open search gpt-4o 1 0 100 2.500000000
            2026-11 open =cmd|' /C calc'!A0 o3 1 0 5 0.000000007
            2026-11 open search o3 1 1 10 0.000000000
            total 3 1 115 2.500000007
            1 call has no known price and is not in the cost; state prices under prices.overrides.
            """);
    now = now.plus(Duration.ofDays(7));
    assertThat(run(0, "report", "--month", "2026-11", "--by", "team", "--format", "csv"))
        .isEqualTo(
            "month,state,team,calls,unpriced_calls,tokens,cost_usd\r\n"
                + "\"2026-11\",\"closed\",\"search\",2,1,110,2.500000000\r\n"
                + "\"2026-11\",\"closed\",\"'=cmd|' /C calc'!A0\",1,0,5,0.000000007\r\n");
    assertThat(directory.resolve("state").resolve("statements-2026-11.jsonl")).exists();
    assertThat(run(0, "report", "--month", "2026-11", "--format", "json"))
        .contains("\"team\" : \"search\"", "\"calls\" : 1", "\"cost_usd\" : \"2.500000000\"");
    assertThat(run(0, "report")).contains("Spend in 2026-12 (UTC), so far", "Nothing.");
    run(2, "report", "--by", "user");
    assertThat(err.toString()).contains("not kept by 'user'", "statements.dimensions");
  }

  @Test
  void report_namesOfAllKinds_areAlignedAndHarmless() throws Exception {
    try (Ledger ledger = Ledger.open(directory.resolve("state"), () -> now)) {
      for (String team :
          List.of(
              "a,b",
              "say \"hi\"",
              "-1",
              "+1",
              "@SUM(A1)",
              "\uff1d1",
              "Gr\u00f6\u00dfe",
              "\u691c\u7d22",
              "e\u0301t\u00e9",
              "\u202egnp.exe")) {
        ledger.spend().add(Map.of("team", team), 1_000, 1_234_000_000_000L, true, now);
      }
    }
    String table = run(0, "report", "--by", "team");
    assertThat(table)
        .contains("1,234.000000000", "12,340.000000000", "10,000", "?gnp.exe")
        .doesNotContain("\u202e");
    // Ideographs take two columns, accents none.
    assertThat(table.lines().filter(line -> line.startsWith("2026-11")))
        .allMatch(
            line ->
                line.replaceAll("[\u691c\u7d22\uff1d]", "xx").replace("\u0301", "").indexOf("1,000")
                    == table.lines().skip(1).findFirst().orElseThrow().indexOf("TOKENS") + 1);
    assertThat(run(0, "report", "--by", "team", "--format", "csv"))
        .contains("\"a,b\",1", "\"say \"\"hi\"\"\",1", "\"Gr\u00f6\u00dfe\",1")
        .contains("\"'-1\",1", "\"'+1\",1", "\"'@SUM(A1)\",1", "\"'\uff1d1\",1")
        .contains(",1000,1234.000000000\r\n")
        .doesNotContain("total");
  }

  @Test
  void report_nameThatTheLedgerCutHereAndThere_isOneRowBesideWholeOnes() throws Exception {
    String arn = "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.claude-sonnet";
    try (Ledger ledger = Ledger.open(directory.resolve("state"), () -> now)) {
      for (String team : List.of("a", "b".repeat(30), "c".repeat(40))) {
        ledger.spend().add(Map.of("team", team, "model", arn), 1, 1, true, now);
        ledger.spend().add(Map.of("team", team, "model", arn + "-" + team), 1, 1, true, now);
      }
      ledger.spend().add(Map.of("model", "y".repeat(200), "team", "a"), 1, 1, true, now);
      ledger.spend().add(Map.of("model", "y".repeat(200), "team", "aaaaaaaaa"), 1, 1, true, now);
    }
    assertThat(run(0, "report", "--by", "model", "--format", "csv").lines().skip(1))
        .as("whole names have what is known to be theirs; pieces are one")
        .hasSize(4)
        .anyMatch(line -> line.contains("\"" + arn + "\",2,0,2,"))
        .anyMatch(line -> line.contains("\"" + arn + "-a\",1,0,1,"))
        .anyMatch(line -> line.matches(".*\"arn:.*\u2026\",3,0,3,.*"))
        .anyMatch(line -> line.matches(".*\"y+\u2026\",2,0,2,.*"));
    assertThat(run(0, "status").lines().filter(line -> line.startsWith("yyy")))
        .as("today and this month")
        .hasSize(2);
  }

  @Test
  void report_monthHasJustEnded_saysThatItMayChange() throws Exception {
    try (Service service = new Service()) {
      service.pays(1);
      service.ledger.spend().add(Map.of("team", "search"), 1, 1, true, now);
      now = Instant.parse("2026-12-01T00:10:00Z");
      assertThat(run(0, "report", "--month", "2026-11"))
          .contains(
              "closed", "Calls that end late may still add to it until 2026-12-02T00:00:00Z.");

      service.ledger.spend().add(Map.of("team", "search"), 1, 1, true, now.minusSeconds(700));
      assertThat(run(0, "report", "--month", "2026-11", "--by", "team", "--format", "csv"))
          .contains("\"search\",2,0,2,0.000000002");
      now = Instant.parse("2026-12-02T00:00:00Z");
      assertThat(run(0, "report", "--month", "2026-11")).doesNotContain("may still");
    }
    assertThat(run(0, "report", "--budgets"))
        .contains("Nothing.", "Windows that are open are in status");
    assertThat(run(0, "report", "--month", "2026-09"))
        .contains("Nothing.", "There is no statements-2026-09.jsonl");
  }

  @Test
  void report_statementsCannotBeWritten_isPrintedFromTheLedgerAndSaysSo() throws Exception {
    try (Ledger ledger = Ledger.open(directory.resolve("state"), () -> now)) {
      ledger.spend().add(Map.of("team", "search"), 1, 1, true, now);
    }
    Files.createDirectory(directory.resolve("state").resolve("statements-2026-11.jsonl"));
    now = now.plus(Duration.ofDays(6));
    assertThat(run(0, "report", "--month", "2026-11"))
        .contains("search", "could not be put on record", "statements-2026-11.jsonl");
  }

  @Test
  void status_bucketsLimitHasChanged_doesNotShowItFull() throws Exception {
    String bucket = "budgets: {rules: [{name: b, limit: %d tokens, window: minute}]}";
    configure(bucket.formatted(100));
    try (Service service = new Service()) {
      new Review(directory.resolve("state"), service.ledger, () -> now)
          .register(service.budgets.rulesByHash());
      ((Admission.Granted) service.budgets.reserve(90, 0, Map.of())).hold().settle(90, 0);
      configure(bucket.formatted(200));
      assertThat(run(0, "status").replaceAll(" +", " "))
          .contains("b all calls minute block 200 tokens 90 tokens 0 tokens 110 tokens in 27 s");
    }
  }

  @Test
  void removedBudget_bindsNobodyAndKeepsItsHistory() throws Exception {
    try (Service service = new Service()) {
      service.pays(4_000_000_000L);
      new Review(directory.resolve("state"), service.ledger, () -> now)
          .register(service.budgets.rulesByHash());
    }
    configure("budgets: {rules: []}");
    try (Service service = new Service()) {
      assertThat(service.pays(9_000_000_000L)).isTrue();
    }
    assertThat(run(0, "status")).doesNotContain("search-month");
    assertThat(run(0, "status", "--all"))
        .contains("Closed windows and removed budgets", "search-month", "4.00 USD");
    now = now.plus(Duration.ofDays(7));
    assertThat(run(0, "report", "--month", "2026-11", "--budgets"))
        .contains("search-month", "4.000000000", "2026-12-01T00:00:00Z");
  }
}
