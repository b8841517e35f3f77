package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.ledger.Spend;
import io.tokenmeter.engine.statements.StatementFiles;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a reader of a report has to know beside the figures. */
final class ReportNotes {
  /** So long what calls that end late cost is charged to the month in which they began. */
  private static final Duration LATE_CHARGES = Duration.ofDays(1);

  private final Path home;
  private final YearMonth month;
  private final YearMonth current;
  private final Instant now;
  private final List<String> notes = new ArrayList<>();

  ReportNotes(Path home, YearMonth month, YearMonth current, Instant now) {
    this.home = home;
    this.month = month;
    this.current = current;
    this.now = now;
  }

  void ofSpend(List<Spend> spend) {
    if (spend.isEmpty()) {
      whyNothing();
    }
    long unpriced = spend.stream().mapToLong(Spend::unpriced).sum();
    if (unpriced > 0) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%,d %s no known price and %s not in the cost; state prices under prices.overrides.",
              unpriced,
              unpriced == 1 ? "call has" : "calls have",
              unpriced == 1 ? "is" : "are"));
    }
    provisional();
  }

  void ofBudgets(boolean nothing) {
    if (month.equals(current)) {
      notes.add("Windows that are open are in status, those that have just ended in status --all.");
    }
    if (nothing) {
      whyNothing();
    }
    provisional();
  }

  private void whyNothing() {
    Path file = StatementFiles.file(home, month);
    if (!Files.isDirectory(home)) {
      notes.add(
          "There is no directory %s: nothing was metered with it; see tokenmeter.home"
              .formatted(home));
    } else if (month.isBefore(current) && !Files.exists(file)) {
      notes.add(
          "There is no %s in %s: nothing was metered then, or the file was moved away."
              .formatted(file.getFileName(), home));
    }
  }

  private void provisional() {
    Instant end = month.plusMonths(1).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    if (!now.isBefore(end) && now.isBefore(end.plus(LATE_CHARGES))) {
      notes.add("Calls that end late may still add to it until " + end.plus(LATE_CHARGES) + ".");
    }
  }

  /** Closed windows could not be put on record. */
  void notClosed(String why) {
    notes.add(
        "Windows that closed lately could not be put on record (%s) and may be missing; try again."
            .formatted(why));
  }

  void print(PrintWriter out) {
    notes.forEach(out::println);
  }
}
