package io.tokenmeter.tokenizers;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Counters for reuse: as many as there are likely to be threads that count at once, and no more,
 * whatever the number of threads. Thread-safe; never waits.
 */
final class CounterPool {
  private final AtomicReferenceArray<TextCounter> idle;
  private final Supplier<TextCounter> factory;

  CounterPool(Supplier<TextCounter> factory) {
    this.factory = factory;
    this.idle = new AtomicReferenceArray<>(2 * Runtime.getRuntime().availableProcessors());
  }

  /** A counter of its own for the caller, empty. */
  TextCounter take() {
    int first = firstSlot();
    for (int i = 0; i < idle.length(); i++) {
      int slot = (first + i) % idle.length();
      TextCounter counter = idle.get(slot) == null ? null : idle.getAndSet(slot, null);
      if (counter != null) {
        return counter;
      }
    }
    return factory.get();
  }

  /** Takes a counter back; the caller must not use it any more. */
  void give(TextCounter counter) {
    counter.reset();
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
