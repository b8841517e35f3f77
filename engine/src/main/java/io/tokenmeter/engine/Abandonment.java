package io.tokenmeter.engine;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the calls whose response body the application dropped without reading or closing it. The
 * meter's thread asks now and then. Thread-safe.
 */
final class Abandonment {
  private final ReferenceQueue<Object> unreachable = new ReferenceQueue<>();
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

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
    Object gone;
    while ((gone = unreachable.poll()) != null) {
      Watch watch = (Watch) gone;
      watches.remove(watch);
      watch.exchange.abandoned();
    }
  }

  /** Settles every call whose body is still being read, with what has passed so far. */
  void endAll() {
    for (Watch watch : watches) {
      watches.remove(watch);
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
