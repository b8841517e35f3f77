package io.tokenmeter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RecordDispatcherTest {
  private final InternalErrors errors = new InternalErrors();
  private final RecordDispatcher dispatcher = new RecordDispatcher(System::nanoTime, errors);

  /** What is handed over after the end is done by whoever hands it over. */
  @Test
  void defer_afterTheEnd_workThatHandsOverMore_isAllDoneOnOneStack() {
    int deep = 100_000;
    AtomicInteger done = new AtomicInteger();
    dispatcher.start();
    dispatcher.close();

    dispatcher.defer(() -> again(deep, done), 0);

    assertThat(done).hasValue(deep);
    assertThat(errors.count()).isZero();
  }

  private void again(int times, AtomicInteger done) {
    if (done.incrementAndGet() < times) {
      dispatcher.defer(() -> again(times, done), 0);
    }
  }

  @Test
  void close_whileAThreadDeliversByItself_waitsForIt() throws Exception {
    dispatcher.start();
    dispatcher.close();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    AtomicInteger delivered = new AtomicInteger();
    Thread late =
        new Thread(
            () ->
                dispatcher.defer(
                    () -> {
                      begun.countDown();
                      await(mayEnd);
                      delivered.incrementAndGet();
                    },
                    0));
    late.start();
    await(begun);
    AtomicInteger seen = new AtomicInteger(-1);
    Thread closing =
        new Thread(
            () -> {
              dispatcher.close();
              seen.set(delivered.get());
            });
    closing.start();
    while (closing.getState() != Thread.State.BLOCKED
        && closing.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
    mayEnd.countDown();
    closing.join();
    late.join();

    assertThat(seen).hasValue(1);
  }

  @Test
  void defer_moreBytesThanMayWait_isRefusedUntilTheyAreTaken() throws Exception {
    long most = 16L << 20;
    assertThat(dispatcher.defer(() -> {}, most)).isTrue();
    assertThat(dispatcher.defer(() -> {}, 1)).isFalse();
    CountDownLatch taken = new CountDownLatch(1);
    assertThat(dispatcher.defer(taken::countDown, 0)).isTrue();
    dispatcher.start();
    await(taken);

    assertThat(dispatcher.defer(() -> {}, most)).isTrue();
    dispatcher.close();
    assertThat(errors.count()).isZero();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
