package io.tokenmeter.engine.statements;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.engine.ledger.AccountUnit;
import io.tokenmeter.engine.ledger.ClosedRows;
import io.tokenmeter.engine.ledger.StateFiles;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code statements-2026-10.jsonl} in the state directory: a line for every row whose window ended
 * in that month (UTC), and one more whenever something was charged to it since; of the lines of a
 * row the last one counts. Lines are appended and on the disk before the ledger forgets what they
 * say; none is ever changed after that, and no file is ever deleted. For its owner only, or the
 * group that the directory is shared with.
 *
 * <p>The ledger lets one process at a time write. A process that dies after writing and before the
 * ledger has noted it leaves at most one batch of lines, the last ones: so the end of the file
 * tells which rows are on record. Should others have written so much since that they are not found
 * there, the same line comes twice.
 */
public final class StatementFiles implements ClosedRows {
  /** More than a batch of the longest lines: keys of 128 bytes, each of them escaped. */
  private static final int TAIL_BYTES = 2 << 20;

  private static final int NO_LIMIT = -1;

  private final Path directory;
  private final BudgetNames names;
  private final InstantSource clock;

  /**
   * @param directory the state directory
   * @param names what budgets are called
   */
  public StatementFiles(Path directory, BudgetNames names, InstantSource clock) {
    this.directory = directory;
    this.names = names;
    this.clock = clock;
  }

  @Override
  public void close(List<ClosedRow> rows) throws IOException {
    Map<YearMonth, List<Statement>> byMonth = new LinkedHashMap<>();
    BudgetNames known = names.remembering();
    for (ClosedRow row : rows) {
      byMonth.computeIfAbsent(monthOf(row), month -> new ArrayList<>()).add(statement(row, known));
    }
    for (Map.Entry<YearMonth, List<Statement>> month : byMonth.entrySet()) {
      append(file(month.getKey()), month.getValue());
    }
  }

  private static YearMonth monthOf(ClosedRow row) {
    return row instanceof ClosedRow.OfBudget budget
        ? YearMonth.from(Instant.ofEpochMilli(budget.windowEnd() - 1).atZone(ZoneOffset.UTC))
        : YearMonth.from(((ClosedRow.OfSpend) row).spend().start());
  }

  private static Statement statement(ClosedRow row, BudgetNames names) {
    if (row instanceof ClosedRow.OfSpend closed) {
      return new Statement.OfSpend(closed.spend(), closed.recorded() + 1);
    }
    ClosedRow.OfBudget closed = (ClosedRow.OfBudget) row;
    BudgetNames.Known known =
        names
            .find(closed.rule())
            .orElse(new BudgetNames.Known("", "", unit(closed.unit()), NO_LIMIT));
    return new Statement.OfBudget(
        closed.id(),
        closed.recorded() + 1,
        known.name(),
        closed.label(),
        known.window(),
        Instant.ofEpochMilli(closed.windowEnd()),
        known.unit(),
        amount(closed.settled(), closed.unit()),
        known.limit() == NO_LIMIT ? "" : amount(known.limit(), closed.unit()));
  }

  private static String unit(AccountUnit unit) {
    return unit == AccountUnit.NANO_USD ? "usd" : unit.name().toLowerCase(Locale.ROOT);
  }

  private static String amount(long amount, AccountUnit unit) {
    return unit == AccountUnit.NANO_USD ? StatementLine.usd(amount) : Long.toString(amount);
  }

  private Path file(YearMonth month) {
    return file(directory, month);
  }

  /** Where a state directory has the statements of a month, if there are any. */
  public static Path file(Path directory, YearMonth month) {
    return directory.resolve("statements-" + month + ".jsonl");
  }

  private void append(Path file, List<Statement> statements) throws IOException {
    StateFiles.prepare(file);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            StateFiles.fileAttributes(file))) {
      String tail = tail(channel);
      Map<String, Statement> written = new HashMap<>();
      tail.lines().forEach(line -> add(line, written));
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      if (!tail.isEmpty() && !tail.endsWith("\n")) {
        lines.write('\n'); // a line that a crash cut short must not swallow the next one
      }
      for (Statement statement : statements) {
        Statement before = written.get(statement.id());
        if (before == null || !statement.hasSumsOf(before)) {
          int revision = before == null ? 0 : before.revision() + 1;
          lines.writeBytes(
              StatementLine.encode(
                  statement.revised(Math.max(revision, statement.revision())), clock.instant()));
        }
      }
      ByteBuffer bytes = ByteBuffer.wrap(lines.toByteArray());
      channel.position(channel.size());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static String tail(FileChannel channel) throws IOException {
    long start = Math.max(0, channel.size() - TAIL_BYTES);
    ByteBuffer tail = ByteBuffer.allocate((int) (channel.size() - start));
    while (tail.hasRemaining() && channel.read(tail, start + tail.position()) >= 0) {
      // until the end
    }
    return new String(tail.array(), 0, tail.position(), UTF_8);
  }

  /** What the last lines of all rows say that have any in a month. */
  public List<Statement> read(YearMonth month) throws IOException {
    Path file = file(month);
    Map<String, Statement> statements = new LinkedHashMap<>();
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      // Not by a reader that stops at what is no UTF-8: a crash may have cut a character in two.
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(Files.newInputStream(file), UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          add(line, statements);
        }
      }
    }
    return List.copyOf(statements.values());
  }

  /** A line that is not whole says nothing. */
  private static void add(String line, Map<String, Statement> statements) {
    Statement statement = StatementLine.decode(line);
    if (statement != null) {
      statements.put(statement.id(), statement);
    }
  }
}
