package io.tokenmeter.engine;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends the calls that nobody else ends: those whose response body the application dropped without
 * reading or closing it, for which the meter's thread looks now and then, and those that are still
 * open when the engine closes. Thread-safe.
 */
final class Abandonment {
  private final ReferenceQueue<Object> unreachable = new ReferenceQueue<>();
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

  /** Weak: a call that its seam loses sight of must not stay in memory for it. */
  private final Set<Reference<Exchange>> open = ConcurrentHashMap.newKeySet();

  /**
   * An exchange has opened.
   *
   * @return for {@link #ended}
   */
  Reference<Exchange> opened(Exchange exchange) {
    Reference<Exchange> reference = new WeakReference<>(exchange, unreachable);
    open.add(reference);
    return reference;
  }

  /** The exchange has ended: nothing of it is to be kept. */
  void ended(Reference<Exchange> reference) {
    open.remove(reference);
    reference.clear();
  }

  /** Settles the exchange as abandoned once the handle is unreachable. */
  Watch watch(Object handle, Exchange exchange) {
    Watch watch = new Watch(handle, exchange, unreachable);
    watches.add(watch);
    return watch;
  }

  /** The exchange has ended: nothing of it is to be kept until its handle is collected. */
  void forget(Watch watch) {
    watches.remove(watch);
    watch.clear();
  }

  /** Settles what became unreachable since the last time. */
  void sweep() {
    Reference<?> gone;
    while ((gone = unreachable.poll()) != null) {
      if (gone instanceof Watch watch) {
        watches.remove(watch);
        watch.exchange.abandoned();
      } else {
        open.remove(gone);
      }
    }
  }

  /**
   * Settles every call that still waits for its answer or whose body is still being read, with what
   * has passed so far.
   */
  void endAll() {
    for (Reference<Exchange> reference : open) {
      Exchange exchange = reference.get();
      if (exchange != null) {
        exchange.abandoned();
      }
    }
    for (Watch watch : watches) {
      watch.exchange.abandoned();
    }
  }

  static final class Watch extends PhantomReference<Object> {
    private final Exchange exchange;

    private Watch(Object handle, Exchange exchange, ReferenceQueue<Object> queue) {
      super(handle, queue);
      this.exchange = exchange;
    }
  }
}
