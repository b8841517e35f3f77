package io.tokenmeter.javaagent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.javaagent.cli.LedgerView.SpendRow;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusReportTest {
  private static final Instant NOW = Instant.parse("2026-11-22T22:30:00Z");
  private static final LedgerView LEDGER =
      new LedgerView(
          List.of(
              new Budget(
                  "everything",
                  "",
                  Budget.Unit.USD,
                  true,
                  "month",
                  50_000_000_000L,
                  12_345_678_901L,
                  1_000_000L,
                  37_653_321_099L,
                  Instant.parse("2026-12-01T00:00:00Z")),
              new Budget(
                  "per-user",
                  "user=ann",
                  Budget.Unit.TOKENS,
                  false,
                  "day",
                  2_000_000,
                  2_000_500,
                  0,
                  -500,
                  Instant.parse("2026-11-23T00:00:00Z"))),
          Map.of("everything", "throttle", "per-user", "observe"),
          List.of(
              new SpendRow("day", "team", "search", 10, 5_000, 1_000_000_000L),
              new SpendRow("day", "team", "", 2_000, 7_000_000, 3_000_000_000L),
              new SpendRow("month", "model", "gpt-4o", 3, 5, 1)),
          List.of(),
          List.of(),
          List.of(),
          List.of());

  @Test
  void printText_budgetsAndSpend_areAlignedTables() {
    StringWriter text = new StringWriter();
    new StatusReport(LEDGER, false, NOW).printText(new PrintWriter(text, true));
    assertThat(text.toString().replace(System.lineSeparator(), "\n"))
        .isEqualTo(
            """
            BUDGET      SCOPE      WINDOW  ACTION               LIMIT              USED   RESERVED    REMAINING  RESETS
            everything  all calls  month   throttle         50.00 USD       12.3457 USD  0.001 USD  37.6534 USD  in 8 d 1 h, 2026-12-01T00:00:00Z
            per-user    user=ann   day     observe   2,000,000 tokens  2,000,500 tokens   0 tokens  -500 tokens  in 1 h 30 min, 2026-11-23T00:00:00Z

            Spend today (UTC) by team
            TEAM    CALLS     TOKENS      COST
            (none)  2,000  7,000,000  3.00 USD
            search     10      5,000  1.00 USD
            total   2,010  7,005,000  4.00 USD

            Spend this month (UTC) by model
            MODEL   CALLS  TOKENS        COST
            gpt-4o      3       5  0.0001 USD
            """);
  }

  @Test
  void printJson_amounts_areExact() throws IOException {
    StringWriter text = new StringWriter();
    new StatusReport(LEDGER, false, NOW).printJson(new PrintWriter(text, true));
    assertThat(text.toString())
        .contains("\"name\" : \"everything\"", "\"unit\" : \"usd\"", "\"action\" : \"throttle\"")
        .contains("\"limit\" : \"50.000000000\"", "\"used\" : \"12.345678901\"")
        .contains("\"limit\" : 2000000", "\"remaining\" : -500")
        .contains("\"resets_at\" : \"2026-12-01T00:00:00Z\"")
        .contains("\"cost_usd\" : \"0.000000001\"");
  }

  @Test
  void printText_windowThatHasEnded_resetsNow() {
    StringWriter text = new StringWriter();
    new StatusReport(LEDGER, false, Instant.parse("2026-11-23T00:00:00Z"))
        .printText(new PrintWriter(text, true));
    assertThat(text.toString()).containsPattern("-500 tokens  now\\R");
  }
}
