package io.tokenmeter.benchmarks.tokenizers;

import com.sun.management.ThreadMXBean;
import io.tokenmeter.benchmarks.BenchmarkException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Counts requests and says what that took. Time is the processor time of the counting threads, of
 * the slowest one if they are several: what else runs on the machine takes the processor away now
 * and then, from one side of a comparison more than from the other.
 */
final class Passes {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Keeps the counting from being optimised away. */
  private static volatile long tokens;

  private Passes() {}

  /** Nanoseconds that one thread takes to count all requests so often. */
  static double nanos(Counter counter, List<String> requests, int times) {
    long sum = 0;
    long start = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < times; i++) {
      for (String request : requests) {
        sum += counter.count(request);
      }
    }
    long end = THREADS.getCurrentThreadCpuTime();
    tokens = sum;
    return end - start;
  }

  /** As {@link #nanos}, with the requests dealt to so many threads. */
  static double nanos(Counter counter, List<String> requests, int times, int threads)
      throws BenchmarkException, InterruptedException {
    if (threads == 1) {
      return nanos(counter, requests, times);
    }
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Double>> parts = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        List<String> part = new ArrayList<>();
        for (int i = thread; i < requests.size(); i += threads) {
          part.add(requests.get(i));
        }
        parts.add(executor.submit(() -> nanos(counter, part, times)));
      }
      double slowest = 0;
      for (Future<Double> part : parts) {
        slowest = Math.max(slowest, part.get());
      }
      return slowest;
    } catch (ExecutionException failed) {
      throw new BenchmarkException("a counter failed: " + failed.getCause());
    } finally {
      executor.shutdown();
    }
  }

  /** Bytes that this thread allocates in counting all requests so often. */
  static long allocatedBytes(Counter counter, List<String> requests, int times) {
    String[] texts = requests.toArray(String[]::new);
    long sum = 0;
    long start = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < times; i++) {
      for (String text : texts) {
        sum += counter.count(text);
      }
    }
    long end = THREADS.getCurrentThreadAllocatedBytes();
    tokens = sum;
    return end - start;
  }
}
