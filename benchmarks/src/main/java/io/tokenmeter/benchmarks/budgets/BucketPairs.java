package io.tokenmeter.benchmarks.budgets;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import java.time.Duration;
import java.util.List;

/** Calls that take from every one of some Bucket4j buckets. They never give anything back. */
record BucketPairs(List<? extends Bucket> buckets) implements Pairs {
  private static final long TOKENS = 1_000;
  private static final long CAPACITY = Long.MAX_VALUE / 4;
  private static final long A_MINUTE = 1_000_000_000;

  static Bucket local() {
    return Bucket.builder().addLimit(limit()).build();
  }

  static BucketConfiguration configuration() {
    return BucketConfiguration.builder().addLimit(limit()).build();
  }

  private static Bandwidth limit() {
    return Bandwidth.builder()
        .capacity(CAPACITY)
        .refillGreedy(A_MINUTE, Duration.ofMinutes(1))
        .build();
  }

  @Override
  public void run(int calls) {
    for (int i = 0; i < calls; i++) {
      for (Bucket bucket : buckets) {
        if (!bucket.tryConsume(TOKENS)) {
          throw new IllegalStateException("a bucket refused");
        }
      }
    }
  }
}
