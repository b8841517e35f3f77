package io.tokenmeter.javaagent.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tokenmeter.api.Budget;
import io.tokenmeter.javaagent.cli.LedgerView.SpendRow;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Budgets and spend, for people and for programs. */
final class StatusReport {
  private static final Comparator<SpendRow> DEAREST_FIRST =
      Comparator.comparingLong(SpendRow::nanoUsd)
          .thenComparingLong(SpendRow::tokens)
          .reversed()
          .thenComparing(SpendRow::value);

  private static final Instant NEVER = Instant.ofEpochMilli(Long.MAX_VALUE);

  private final LedgerView ledger;
  private final boolean all;
  private final Instant now;

  /**
   * @param all whether what binds nobody any more is shown too
   */
  StatusReport(LedgerView ledger, boolean all, Instant now) {
    this.ledger = ledger;
    this.all = all;
    this.now = now;
  }

  void printText(PrintWriter out) {
    printBudgets(out);
    new DecisionsReport(ledger, now).printText(out);
    if (all) {
      printPast(out);
    }
    printSpend(out, "today", "day", "team");
    printSpend(out, "today", "day", "model");
    printSpend(out, "this month", "month", "team");
    printSpend(out, "this month", "month", "model");
  }

  private void printBudgets(PrintWriter out) {
    if (ledger.budgets().isEmpty()) {
      out.println("No budgets are configured.");
      return;
    }
    TextTable table =
        new TextTable(
            "BUDGET",
            "SCOPE",
            "WINDOW",
            "ACTION",
            ">LIMIT",
            ">USED",
            ">RESERVED",
            ">REMAINING",
            "RESETS");
    for (Budget budget : ledger.budgets()) {
      table.row(
          budget.name(),
          budget.scope().isEmpty() ? "all calls" : budget.scope(),
          budget.window(),
          action(budget),
          Amounts.of(budget.limit(), budget.unit()),
          Amounts.of(budget.used(), budget.unit()),
          Amounts.of(budget.reserved(), budget.unit()),
          Amounts.of(budget.remaining(), budget.unit()),
          resets(budget.resetsAt()));
    }
    table.print(out);
  }

  private void printPast(PrintWriter out) {
    out.println();
    out.println("Closed windows and removed budgets");
    if (ledger.past().isEmpty()) {
      out.println("None; report --budgets has those of earlier months.");
      return;
    }
    TextTable table = new TextTable("BUDGET", "SCOPE", "WINDOW", ">USED", "ENDS");
    for (LedgerView.PastRow row : ledger.past()) {
      table.row(
          row.budget(),
          row.scope().isEmpty() ? "all calls" : row.scope(),
          row.window(),
          Amounts.of(row.used().amount(), row.used().unit()),
          row.ends().toString());
    }
    table.print(out);
  }

  private String action(Budget budget) {
    return ledger.actions().getOrDefault(budget.name(), budget.hard() ? "block" : "observe");
  }

  private String resets(Instant at) {
    if (at.equals(NEVER)) {
      return "never";
    }
    return at.isAfter(now)
        ? "in "
            + Amounts.duration(Duration.between(now, at))
            + ", "
            + at.truncatedTo(ChronoUnit.SECONDS)
        : "now";
  }

  private void printSpend(PrintWriter out, String when, String window, String dimension) {
    List<SpendRow> rows =
        ledger.spend().stream()
            .filter(row -> row.window().equals(window) && row.dimension().equals(dimension))
            .sorted(DEAREST_FIRST)
            .toList();
    if (rows.isEmpty()) {
      return;
    }
    out.println();
    out.println("Spend " + when + " (UTC) by " + dimension);
    TextTable table =
        new TextTable(dimension.toUpperCase(Locale.ROOT), ">CALLS", ">TOKENS", ">COST");
    for (SpendRow row : rows) {
      table.row(
          row.value().isEmpty() ? "(none)" : row.value(),
          String.format(Locale.ROOT, "%,d", row.calls()),
          String.format(Locale.ROOT, "%,d", row.tokens()),
          Amounts.usd(row.nanoUsd()));
    }
    if (rows.size() > 1) {
      table.row(
          "total",
          String.format(Locale.ROOT, "%,d", rows.stream().mapToLong(SpendRow::calls).sum()),
          String.format(Locale.ROOT, "%,d", rows.stream().mapToLong(SpendRow::tokens).sum()),
          Amounts.usd(rows.stream().mapToLong(SpendRow::nanoUsd).sum()));
    }
    table.print(out);
  }

  void printJson(PrintWriter out) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("time", now.toString());
      json.writeArrayFieldStart("budgets");
      for (Budget budget : ledger.budgets()) {
        writeBudget(json, budget);
      }
      json.writeEndArray();
      new DecisionsReport(ledger, now).writeJson(json);
      if (all) {
        json.writeArrayFieldStart("past");
        for (LedgerView.PastRow row : ledger.past()) {
          writePast(json, row);
        }
        json.writeEndArray();
      }
      json.writeArrayFieldStart("spend");
      for (SpendRow row : ledger.spend()) {
        writeSpend(json, row);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    out.println(text);
  }

  private void writeBudget(JsonGenerator json, Budget budget) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", budget.name());
    json.writeStringField("scope", budget.scope());
    json.writeStringField("unit", budget.unit().name().toLowerCase(Locale.ROOT));
    json.writeStringField("window", budget.window());
    json.writeStringField("action", action(budget));
    writeAmount(json, "limit", budget.limit(), budget.unit());
    writeAmount(json, "used", budget.used(), budget.unit());
    writeAmount(json, "reserved", budget.reserved(), budget.unit());
    writeAmount(json, "remaining", budget.remaining(), budget.unit());
    if (!budget.resetsAt().equals(NEVER)) {
      json.writeStringField("resets_at", budget.resetsAt().toString());
    }
    json.writeEndObject();
  }

  private static void writePast(JsonGenerator json, LedgerView.PastRow row) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", row.budget());
    json.writeStringField("scope", row.scope());
    json.writeStringField("window", row.window());
    writeAmount(json, "used", row.used().amount(), row.used().unit());
    json.writeStringField("ends", row.ends().toString());
    json.writeEndObject();
  }

  static void writeAmount(JsonGenerator json, String name, long amount, Budget.Unit unit)
      throws IOException {
    if (unit == Budget.Unit.USD) {
      json.writeStringField(name, Amounts.exactUsd(amount).toPlainString());
    } else {
      json.writeNumberField(name, amount);
    }
  }

  private static void writeSpend(JsonGenerator json, SpendRow row) throws IOException {
    json.writeStartObject();
    json.writeStringField("window", row.window());
    json.writeStringField("dimension", row.dimension());
    json.writeStringField("value", row.value());
    json.writeNumberField("calls", row.calls());
    json.writeNumberField("tokens", row.tokens());
    writeAmount(json, "cost_usd", row.nanoUsd(), Budget.Unit.USD);
    json.writeEndObject();
  }
}
