package io.tokenmeter.engine.statements;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.engine.ledger.AccountUnit;
import io.tokenmeter.engine.ledger.ClosedRows;
import io.tokenmeter.engine.ledger.StateFiles;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code statements-2026-10.jsonl} in the state directory: a line for every row whose window ended
 * in that month (UTC). Lines are appended and on the disk before the ledger forgets what they say;
 * a file is never changed after that, and none is ever deleted. For its owner only, or the group
 * that the directory is shared with.
 *
 * <p>The ledger lets one process at a time write. A process that dies after writing and before the
 * ledger has noted it leaves at most one batch of lines, the last ones: so the end of the file
 * tells which rows are on record.
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
      return new Statement.OfSpend(closed.spend());
    }
    ClosedRow.OfBudget closed = (ClosedRow.OfBudget) row;
    BudgetNames.Known known =
        names
            .find(closed.rule())
            .orElse(new BudgetNames.Known("", "", unit(closed.unit()), NO_LIMIT));
    return new Statement.OfBudget(
        closed.id(),
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
      Set<String> known = new HashSet<>();
      tail.lines()
          .map(StatementLine::decode)
          .forEach(
              statement -> {
                if (statement != null) {
                  known.add(statement.id());
                }
              });
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      if (!tail.isEmpty() && !tail.endsWith("\n")) {
        lines.write('\n'); // a line that a crash cut short must not swallow the next one
      }
      for (Statement statement : statements) {
        if (known.add(statement.id())) {
          lines.writeBytes(StatementLine.encode(statement, clock.instant()));
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

  /** The statements of a month; each once. */
  public List<Statement> read(YearMonth month) throws IOException {
    Path file = file(month);
    Map<String, Statement> statements = new LinkedHashMap<>();
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      try (BufferedReader lines = Files.newBufferedReader(file, UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          Statement statement = StatementLine.decode(line);
          if (statement != null) {
            statements.putIfAbsent(statement.id(), statement);
          }
        }
      }
    }
    return List.copyOf(statements.values());
  }
}
