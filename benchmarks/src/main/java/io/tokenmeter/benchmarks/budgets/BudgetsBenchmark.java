package io.tokenmeter.benchmarks.budgets;

import com.sun.management.ThreadMXBean;
import io.github.bucket4j.Bucket;
import io.tokenmeter.benchmarks.Arguments;
import io.tokenmeter.benchmarks.BenchmarkException;
import io.tokenmeter.benchmarks.Samples;
import io.tokenmeter.benchmarks.Table;
import io.tokenmeter.benchmarks.UsageException;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.ledger.Ledger;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What it costs to reserve in four budgets that all processes of the host share, and to settle,
 * beside Bucket4j's tryConsume in one and in four buckets of this process, and in one bucket in a
 * Redis on loopback. All take turns of some milliseconds, so that whatever else the machine does
 * hits all of them alike; ratios are those of one turn.
 *
 * @param rounds how many turns
 */
public record BudgetsBenchmark(int rounds) {
  private static final String ROUNDS = "--rounds";
  private static final int DEFAULT_ROUNDS = 40;
  private static final int MAX_ROUNDS = 10_000;
  private static final int WARM_UP_ROUNDS = 12;
  private static final int CALLS = 50_000;
  private static final int REDIS_CALLS = 200;
  private static final int FEW = 10;
  private static final int MANY = 100_000;

  public static BudgetsBenchmark parse(List<String> args) throws UsageException {
    return new BudgetsBenchmark(
        Arguments.parse(args, Set.of(ROUNDS)).count(ROUNDS, DEFAULT_ROUNDS, MAX_ROUNDS));
  }

  /**
   * @param out gets the table and the figures
   * @param progress is told what is going on
   */
  public void run(PrintStream out, PrintStream progress) throws IOException, BenchmarkException {
    Path home = Files.createTempDirectory("tokenmeter-budgets");
    InstantSource clock = InstantSource.system();
    try (Ledger ledger = Ledger.open(home, clock);
        RedisBuckets redis = RedisBuckets.start()) {
      Budgets budgets = new Budgets(OurPairs.rules(), ledger, clock);
      measure(budgets, redis, home, out, progress);
    } finally {
      remove(home);
    }
  }

  private static void remove(Path home) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(home)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.deleteIfExists(file);
    }
  }

  private void measure(
      Budgets budgets, RedisBuckets redis, Path home, PrintStream out, PrintStream progress)
      throws IOException, BenchmarkException {
    Pairs few = new OurPairs(budgets, FEW, false);
    Pairs many = new OurPairs(budgets, MANY, true);
    Pairs atRandom = new OurPairs(budgets, MANY, false);
    Pairs one = new BucketPairs(List.of(BucketPairs.local()));
    Pairs four =
        new BucketPairs(
            Stream.generate(BucketPairs::local).limit(OurPairs.rules().size()).toList());
    Bucket remote = redis.bucket("budget");
    Pairs overRedis = new BucketPairs(List.of(remote));

    many.run(MANY); // so that every key has its row
    atRandom.run(MANY);
    double[][] nanos = new double[6][rounds];
    progress.print("Turns ");
    for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
      int column = Math.max(0, round);
      nanos[0][column] = nanos(few, CALLS);
      nanos[1][column] = nanos(four, CALLS);
      nanos[2][column] = nanos(one, CALLS);
      nanos[3][column] = nanos(many, CALLS);
      nanos[4][column] = nanos(atRandom, CALLS);
      nanos[5][column] = nanos(overRedis, REDIS_CALLS);
      progress.print('.');
    }
    progress.println();
    long allocated = allocated(few);

    Table table = new Table("one call", "median ns", "p10 ns", "p90 ns");
    String[] names = {
      "tokenmeter, 4 levels, reserve and settle, 10 keys",
      "Bucket4j local, 4 buckets, tryConsume",
      "Bucket4j local, 1 bucket, tryConsume",
      "tokenmeter, 100,000 keys in turn",
      "tokenmeter, 100,000 keys at random",
      "Bucket4j over Redis, 1 bucket, tryConsume"
    };
    for (int i = 0; i < names.length; i++) {
      table.row(cells(names[i], Samples.of(nanos[i])));
    }
    contended(budgets, home, few, atRandom, table);
    out.println(table);
    out.println(
        String.format(
            Locale.ROOT,
            "pair_ns=%.0f pair_vs_bucket4j4=%.2f pair_vs_redis=%.5f alloc_bytes=%d keys100k_ratio=%.2f",
            Samples.of(nanos[0]).median(),
            ratio(nanos[0], nanos[1]),
            ratio(nanos[0], nanos[5]),
            allocated,
            ratio(nanos[3], nanos[0])));
  }

  /** The same again while another thread, or another process, spends from the same budgets. */
  private void contended(Budgets budgets, Path home, Pairs few, Pairs many, Table table)
      throws IOException, BenchmarkException {
    for (Rival rival : Rival.values()) {
      for (int keys : new int[] {FEW, MANY}) {
        double[] nanos = new double[rounds];
        try (AutoCloseable running = rival.start(budgets, home, keys)) {
          for (int round = -2; round < rounds; round++) {
            nanos[Math.max(0, round)] = nanos(keys == FEW ? few : many, CALLS);
          }
        } catch (IOException | BenchmarkException failed) {
          throw failed;
        } catch (Exception failed) {
          throw new BenchmarkException(rival + " failed: " + failed);
        }
        String name =
            String.format(Locale.ROOT, "tokenmeter, %s, %,d keys at random", rival.label(), keys);
        table.row(cells(name, Samples.of(nanos)));
      }
    }
  }

  private static String[] cells(String name, Samples samples) {
    return new String[] {
      name,
      String.format(Locale.ROOT, "%,.0f", samples.median()),
      String.format(Locale.ROOT, "%,.0f", samples.percentile(0.1)),
      String.format(Locale.ROOT, "%,.0f", samples.percentile(0.9))
    };
  }

  private static double nanos(Pairs pairs, int calls) {
    long start = System.nanoTime();
    pairs.run(calls);
    return (System.nanoTime() - start) / (double) calls;
  }

  private static double ratio(double[] ours, double[] theirs) {
    double[] ratios = new double[ours.length];
    for (int i = 0; i < ours.length; i++) {
      ratios[i] = ours[i] / theirs[i];
    }
    return Samples.of(ratios).median();
  }

  /** Bytes a call, rounded up. */
  private static long allocated(Pairs pairs) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(self);
    pairs.run(CALLS);
    long bytes = threads.getThreadAllocatedBytes(self) - before;
    // What the question itself allocates is less than a byte a call.
    return bytes / CALLS;
  }
}
