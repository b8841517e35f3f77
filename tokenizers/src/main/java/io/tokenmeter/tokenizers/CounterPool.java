package io.tokenmeter.tokenizers;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Counters for reuse: as many as there are likely to be threads that count at once, and no more,
 * whatever the number of threads. Thread-safe; never waits.
 */
final class CounterPool<C> {
  private final AtomicReferenceArray<C> idle;
  private final Supplier<C> factory;
  private final Consumer<C> reset;

  CounterPool(Supplier<C> factory, Consumer<C> reset) {
    this.factory = factory;
    this.reset = reset;
    this.idle = new AtomicReferenceArray<>(2 * Runtime.getRuntime().availableProcessors());
  }

  /** A counter of its own for the caller, empty. */
  C take() {
    int first = firstSlot();
    for (int i = 0; i < idle.length(); i++) {
      int slot = (first + i) % idle.length();
      C counter = idle.get(slot) == null ? null : idle.getAndSet(slot, null);
      if (counter != null) {
        return counter;
      }
    }
    return factory.get();
  }

  /** Takes a counter back; the caller must not use it any more. */
  void give(C counter) {
    reset.accept(counter);
    int first = firstSlot();
    for (int i = 0; i < idle.length(); i++) {
      if (idle.compareAndSet((first + i) % idle.length(), null, counter)) {
        return;
      }
    }
  }

  private int firstSlot() {
    return (int) (Thread.currentThread().getId() % idle.length());
  }
}
