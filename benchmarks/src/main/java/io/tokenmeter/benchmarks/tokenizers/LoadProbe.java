package io.tokenmeter.benchmarks.tokenizers;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * A program that loads one encoding of one peer, counts one word and prints how many milliseconds
 * of processor time that took and how many bytes of heap it left behind.
 */
final class LoadProbe {
  private static final double NANOS_A_MILLI = 1e6;
  private static final int COLLECTIONS = 4;

  private LoadProbe() {}

  /**
   * @param args the peer and the encoding
   */
  public static void main(String[] args) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    // Opens every jar of the class path: else the peer whose jar comes later pays for more of them.
    if (LoadProbe.class.getResource("/no such resource") != null) {
      throw new IllegalStateException("the class path has a resource of this name");
    }
    long usedBefore = usedHeap();
    long start = threads.getCurrentThreadCpuTime();
    Counter counter = Peer.valueOf(args[0]).open(args[1]);
    int tokens = counter.count("Hello");
    long end = threads.getCurrentThreadCpuTime();
    long used = usedHeap() - usedBefore;
    // The counter and the word are used behind the measurement, so that neither is dropped.
    if (tokens != counter.count("Hello")) {
      throw new IllegalStateException("counted two numbers of tokens for one text");
    }
    System.out.println((end - start) / NANOS_A_MILLI + " " + used);
  }

  private static long usedHeap() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
