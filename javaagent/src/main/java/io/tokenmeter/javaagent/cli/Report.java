package io.tokenmeter.javaagent.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tokenmeter.engine.ledger.Spend;
import io.tokenmeter.engine.ledger.SpendTable;
import io.tokenmeter.engine.statements.Statement;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A table of what was spent, for people, spreadsheets and programs.
 *
 * @param title above the table
 * @param columns names as in JSON; those of numbers come last
 * @param texts how many columns hold texts
 * @param rows cells as programs read them, in the columns' order
 * @param total what stands under them, for people; empty where sums would make no sense
 */
record Report(
    String title, List<String> columns, int texts, List<List<String>> rows, List<String> total) {
  /** What JSON has as numbers; amounts are decimal strings. */
  private static final Set<String> COUNTS = Set.of("calls", "unpriced_calls", "tokens");

  /** What begins a formula; the last four as East Asian spreadsheets take them too. */
  private static final String FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

  private static final Comparator<Sum> DEAREST_FIRST =
      Comparator.comparingLong((Sum sum) -> sum.nanoUsd)
          .thenComparingLong(sum -> sum.tokens)
          .reversed()
          .thenComparing(sum -> sum.values.toString());

  /** What was spent on one combination of values. */
  private static final class Sum {
    private final List<String> values;
    private long calls;
    private long unpriced;
    private long tokens;
    private long nanoUsd;

    Sum(List<String> values) {
      this.values = values;
    }

    void add(Spend spend) {
      calls += spend.calls();
      unpriced += spend.unpriced();
      tokens += spend.tokens();
      nanoUsd += spend.nanoUsd();
    }

    List<String> cells(String month, String state) {
      List<String> cells = new ArrayList<>();
      cells.add(month);
      cells.add(state);
      cells.addAll(values);
      cells.add(Long.toString(calls));
      cells.add(Long.toString(unpriced));
      cells.add(Long.toString(tokens));
      cells.add(Amounts.exactUsd(nanoUsd).toPlainString());
      return cells;
    }
  }

  /**
   * @param open whether the month is not over
   * @param by the keys that rows are for
   */
  static Report ofSpend(YearMonth month, boolean open, List<String> by, List<Spend> spend) {
    Map<List<String>, Sum> sums = new LinkedHashMap<>();
    Sum total = new Sum(by.stream().map(key -> "").toList());
    Map<String, CutNames> names = new HashMap<>();
    by.forEach(key -> names.put(key, CutNames.of(spend, key)));
    for (Spend row : spend) {
      List<String> values = by.stream().map(key -> value(row, key, names)).toList();
      sums.computeIfAbsent(values, Sum::new).add(row);
      total.add(row);
    }
    String state = open ? "open" : "closed";
    List<String> columns = new ArrayList<>(List.of("month", "state"));
    columns.addAll(by);
    columns.addAll(List.of("calls", "unpriced_calls", "tokens", "cost_usd"));
    return new Report(
        "Spend in " + month + " (UTC)" + (open ? ", so far" : ""),
        columns,
        2 + by.size(),
        sums.values().stream()
            .sorted(DEAREST_FIRST)
            .map(sum -> sum.cells(month.toString(), state))
            .toList(),
        total.cells("total", ""));
  }

  private static String value(Spend row, String key, Map<String, CutNames> names) {
    String value = row.keys().getOrDefault(key, "");
    CutNames cut = names.get(key);
    return row.keys().equals(SpendTable.OTHERS) ? "(others)" : cut == null ? value : cut.get(value);
  }

  static Report ofBudgets(YearMonth month, List<Statement> statements) {
    List<List<String>> rows = new ArrayList<>();
    for (Statement statement : statements) {
      if (statement instanceof Statement.OfBudget line) {
        rows.add(
            List.of(
                line.budget(),
                line.scope(),
                line.window(),
                line.ends().toString(),
                line.unit(),
                line.used(),
                line.limit()));
      }
    }
    rows.sort(
        Comparator.comparing((List<String> row) -> row.get(3))
            .thenComparing(row -> row.get(0))
            .thenComparing(row -> row.get(1)));
    return new Report(
        "Budgets whose windows ended in " + month + " (UTC)",
        List.of("budget", "scope", "window", "ends", "unit", "used", "limit"),
        5,
        rows,
        List.of());
  }

  void print(ReportFormat format, PrintWriter out) throws IOException {
    switch (format) {
      case table -> printTable(out);
      case csv -> printCsv(out);
      case json -> printJson(out);
    }
  }

  private void printTable(PrintWriter out) {
    out.println(title);
    if (rows.isEmpty()) {
      out.println("Nothing.");
      return;
    }
    String[] head = new String[columns.size()];
    for (int i = 0; i < head.length; i++) {
      head[i] = (i < texts ? "" : ">") + columns.get(i).toUpperCase(Locale.ROOT);
    }
    TextTable table = new TextTable(head);
    for (List<String> row : rows) {
      table.row(shown(row, "-"));
    }
    if (!total.isEmpty()) {
      table.row(shown(total, ""));
    }
    table.print(out);
  }

  private String[] shown(List<String> row, String nothing) {
    String[] shown = new String[row.size()];
    for (int i = 0; i < shown.length; i++) {
      String cell = row.get(i);
      shown[i] = cell.isEmpty() ? nothing : isNumber(i, cell) ? grouped(cell) : cell;
    }
    return shown;
  }

  private boolean isNumber(int column, String cell) {
    return column >= texts && NUMBER.matcher(cell).matches();
  }

  /** With commas between thousands. */
  private static String grouped(String number) {
    BigDecimal value = new BigDecimal(number);
    return String.format(Locale.ROOT, "%,." + value.scale() + "f", value);
  }

  /** As RFC 4180 has it, and so that no spreadsheet takes a name for a formula. */
  private void printCsv(PrintWriter out) {
    out.print(String.join(",", columns) + "\r\n");
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        String cell = row.get(i);
        boolean plain = isNumber(i, cell) || (i >= texts && cell.isEmpty());
        line.append(i == 0 ? "" : ",").append(plain ? cell : quoted(cell));
      }
      out.print(line.append("\r\n"));
    }
  }

  private static String quoted(String text) {
    boolean formula = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0;
    return '"' + (formula ? "'" : "") + text.replace("\"", "\"\"") + '"';
  }

  private void printJson(PrintWriter out) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      json.writeStartArray();
      for (List<String> row : rows) {
        json.writeStartObject();
        for (int i = 0; i < row.size(); i++) {
          if (i >= texts && COUNTS.contains(columns.get(i))) {
            json.writeNumberField(columns.get(i), Long.parseLong(row.get(i)));
          } else {
            json.writeStringField(columns.get(i), row.get(i));
          }
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    out.println(text);
  }
}
