package io.tokenmeter.benchmarks.tokenizers;

import static io.tokenmeter.benchmarks.tokenizers.Peer.JTOKKIT;
import static io.tokenmeter.benchmarks.tokenizers.Peer.TOKENMETER;

import io.tokenmeter.benchmarks.Arguments;
import io.tokenmeter.benchmarks.BenchmarkException;
import io.tokenmeter.benchmarks.Table;
import io.tokenmeter.benchmarks.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Counting tokens, loading encodings and the memory of both, beside jtokkit and Hugging Face's
 * library.
 *
 * @param rounds how often each peer counts each kind of text with a new instance
 */
public record TokenizersBenchmark(int rounds, Corpus corpus) {
  private static final String CORPUS = "--corpus";
  private static final String SOURCES = "--sources";
  private static final String ROUNDS = "--rounds";
  private static final int DEFAULT_ROUNDS = 4;
  private static final int MAX_ROUNDS = 1000;

  private static final String O200K = "o200k_base";
  private static final String CL100K = "cl100k_base";
  private static final int LOADING_RUNS = 7;
  private static final int ALLOCATION_PASSES = 20;

  public static TokenizersBenchmark parse(List<String> args) throws UsageException, IOException {
    Arguments arguments = Arguments.parse(args, Set.of(CORPUS, SOURCES, ROUNDS));
    int rounds = arguments.count(ROUNDS, DEFAULT_ROUNDS, MAX_ROUNDS);
    Corpus corpus =
        arguments.values().containsKey(CORPUS)
            ? Corpus.read(arguments.directory(CORPUS))
            : Corpus.generated(arguments.directory(SOURCES));
    return new TokenizersBenchmark(rounds, corpus);
  }

  /**
   * @param out gets the tables and the figures
   * @param progress is told what is going on
   */
  public void run(PrintStream out, PrintStream progress)
      throws IOException, InterruptedException, BenchmarkException {
    HuggingFaceSpeed o200kNative = HuggingFaceSpeed.measure(corpus, O200K, progress);
    HuggingFaceSpeed cl100kNative = HuggingFaceSpeed.measure(corpus, CL100K, progress);
    EncodingReport o200k = report(O200K, o200kNative, progress);
    EncodingReport cl100k = report(CL100K, cl100kNative, progress);
    EncodingReport o200kTwo = reportOfTwoThreads(O200K, progress);
    EncodingReport cl100kTwo = reportOfTwoThreads(CL100K, progress);
    List<Loading> o200kLoading = Loading.measure(O200K, LOADING_RUNS, progress);
    List<Loading> cl100kLoading = Loading.measure(CL100K, LOADING_RUNS, progress);
    progress.println("long runs and allocation");
    Table longRuns = longRuns(o200k, cl100k);
    double allocated = allocatedBytesACount();

    out.println(description(o200kNative));
    for (EncodingReport report : List.of(o200k, cl100k, o200kTwo, cl100kTwo)) {
      out.println(report.table());
    }
    out.println(loading(o200kLoading, cl100kLoading));
    out.println(longRuns);
    out.println(figures(o200k, cl100k, o200kLoading, allocated));
  }

  private EncodingReport report(String encoding, HuggingFaceSpeed huggingFace, PrintStream progress)
      throws InterruptedException, BenchmarkException {
    return new EncodingReport(
        encoding + ", 1 thread, MB/s",
        new SpeedRounds(corpus, encoding, 1).measure(rounds, progress),
        huggingFace.speeds());
  }

  private EncodingReport reportOfTwoThreads(String encoding, PrintStream progress)
      throws InterruptedException, BenchmarkException {
    return new EncodingReport(
        encoding + ", 2 threads, MB/s",
        new SpeedRounds(corpus, encoding, 2).measure(Math.max(1, rounds / 2), progress),
        Map.of());
  }

  private String description(HuggingFaceSpeed huggingFace) {
    return """
        texts:  %s;
                requests of %d chars; cold: up to %d of a kind, each counted once with a new
                instance; warm: the first %d of them over and over
        time:   processor time of the counting threads, the best of %d rounds (two threads: %d)
        HF:     Hugging Face's tokenizers by way of DJL, one round of few requests%s
        Java:   %s
        """
        .formatted(
            corpus.description(),
            Texts.CHARS,
            Texts.MOST_COLD,
            Texts.MOST_WARM,
            rounds,
            Math.max(1, rounds / 2),
            huggingFace.missing().isEmpty() ? "" : "; " + huggingFace.missing(),
            Runtime.version());
  }

  private static Table loading(List<Loading> o200k, List<Loading> cl100k) {
    Table table = new Table("loading and counting a word, new JVM", "ms", "heap MB");
    for (Peer peer : Peer.values()) {
      for (String encoding : List.of(O200K, CL100K)) {
        Loading loading = (encoding.equals(O200K) ? o200k : cl100k).get(peer.ordinal());
        table.row(
            "  " + peer.label() + ", " + encoding,
            decimal(loading.millis()),
            decimal(loading.megabytes()));
      }
    }
    return table;
  }

  private static Table longRuns(EncodingReport o200k, EncodingReport cl100k) {
    Table table = new Table("a million times one character", "ns a byte", "of cold prose");
    for (EncodingReport report : List.of(o200k, cl100k)) {
      String encoding = report == o200k ? O200K : CL100K;
      double prose = report.speed(Kind.PROSE, TOKENMETER).cold();
      table.row("  " + encoding + ", cold prose", decimal(prose), decimal(1));
      try (Counter counter = TOKENMETER.open(encoding)) {
        LongRuns.measure(counter)
            .forEach(
                (label, nanos) ->
                    table.row(
                        "  " + encoding + ", " + label, decimal(nanos), decimal(nanos / prose)));
      }
    }
    return table;
  }

  private double allocatedBytesACount() {
    try (Counter counter = TOKENMETER.open(O200K)) {
      long bytes = 0;
      long counts = 0;
      for (Texts texts : corpus.texts().values()) {
        // What is remembered finds its size in the first pass.
        Passes.nanos(counter, texts.warm(), 1);
      }
      for (Texts texts : corpus.texts().values()) {
        bytes += Passes.allocatedBytes(counter, texts.warm(), ALLOCATION_PASSES);
        counts += (long) ALLOCATION_PASSES * texts.warm().size();
      }
      return (double) bytes / counts;
    }
  }

  private static String figures(
      EncodingReport o200k, EncodingReport cl100k, List<Loading> loading, double allocated) {
    Loading ours = loading.get(TOKENMETER.ordinal());
    Loading theirs = loading.get(JTOKKIT.ordinal());
    return String.join(
        " ",
        "o200k_cold_ratio=" + decimal(o200k.coldRatio()),
        "o200k_warm_ratio=" + decimal(o200k.warmRatio()),
        "cl100k_cold_ratio=" + decimal(cl100k.coldRatio()),
        "cl100k_warm_ratio=" + decimal(cl100k.warmRatio()),
        "load_ms=" + decimal(ours.millis()),
        "load_ratio=" + decimal(ours.millis() / theirs.millis()),
        "heap_mb=" + decimal(ours.megabytes()),
        "heap_ratio=" + decimal(ours.megabytes() / theirs.megabytes()),
        "alloc_bytes_per_count=" + decimal(allocated));
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
