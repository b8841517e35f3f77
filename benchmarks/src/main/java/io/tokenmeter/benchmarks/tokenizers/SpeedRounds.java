package io.tokenmeter.benchmarks.tokenizers;

import io.tokenmeter.benchmarks.BenchmarkException;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Map;

/** Measures the peers in turn: each round opens new instances for each kind of text. */
final class SpeedRounds {
  private static final long WARM_UP_NANOS = 2_500_000_000L;
  private static final int WARM_PASSES = 3;

  private final Corpus corpus;
  private final String encoding;
  private final int threads;

  SpeedRounds(Corpus corpus, String encoding, int threads) {
    this.corpus = corpus;
    this.encoding = encoding;
    this.threads = threads;
  }

  /** The best of all rounds. */
  Map<Kind, Map<Peer, Speed>> measure(int rounds, PrintStream progress)
      throws BenchmarkException, InterruptedException {
    progress.print(
        encoding + ", " + threads + (threads == 1 ? " thread" : " threads") + ": warm-up ");
    for (Peer peer : Peer.values()) {
      warmUp(peer);
      progress.print('.');
    }
    progress.print(" rounds ");
    Map<Kind, Map<Peer, Speed>> best = new EnumMap<>(Kind.class);
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<Kind, Texts> texts : corpus.texts().entrySet()) {
        Map<Peer, Speed> speeds =
            best.computeIfAbsent(texts.getKey(), unused -> new EnumMap<>(Peer.class));
        for (Peer peer : Peer.values()) {
          speeds.merge(peer, speed(peer, texts.getValue()), Speed::best);
        }
        progress.print('.');
      }
    }
    progress.println();
    return best;
  }

  /** On texts that are not measured, and with an instance of its own. */
  private void warmUp(Peer peer) throws BenchmarkException, InterruptedException {
    try (Counter counter = peer.open(encoding)) {
      double spent = 0;
      while (spent < WARM_UP_NANOS) {
        for (Texts texts : corpus.texts().values()) {
          spent += Passes.nanos(counter, texts.warmUp(), 1, threads);
        }
      }
    }
  }

  private Speed speed(Peer peer, Texts texts) throws BenchmarkException, InterruptedException {
    try (Counter counter = peer.open(encoding)) {
      System.gc();
      double cold = Passes.nanos(counter, texts.cold(), 1, threads) / Texts.utf8Bytes(texts.cold());
      double warm = Double.MAX_VALUE;
      for (int pass = 0; pass < WARM_PASSES; pass++) {
        warm =
            Math.min(
                warm,
                Passes.nanos(counter, texts.warm(), 1, threads) / Texts.utf8Bytes(texts.warm()));
      }
      return new Speed(cold, warm);
    }
  }
}
