package io.tokenmeter.javaagent.telemetry;

import io.tokenmeter.engine.CallListener;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One listener for each copy of the OpenTelemetry API among the applications of this JVM. It hangs
 * on the API's own class, so that it goes when the application is undeployed. Thread-safe.
 */
final class ApplicationListeners {
  /** The application's own, whose name must not look like one that packing relocates. */
  private static final String API =
      String.join(".", "io", "opentelemetry", "api", "GlobalOpenTelemetry");

  private static final long ASK_AGAIN_NANOS = 1_000_000_000L;

  private final Function<Class<?>, @Nullable CallListener> factory;
  private final LongSupplier nanoTicker;
  private final Map<ClassLoader, Copy> copies = new WeakHashMap<>();
  private volatile WeakReference<@Nullable CallListener> latest = new WeakReference<>(null);
  private final ClassValue<Slot> slots =
      new ClassValue<>() {
        @Override
        protected Slot computeValue(Class<?> api) {
          return new Slot();
        }
      };

  /** The API as one class loader sees it; empty where it sees none. */
  private record Copy(@Nullable WeakReference<Class<?>> api) {}

  /** Which copy the last caller had: mostly there is one, and no lock is needed to find it. */
  private record Last(WeakReference<ClassLoader> loader, Copy copy) {}

  private volatile @Nullable Last last;

  /** The listener of one copy, once there is one. */
  private static final class Slot {
    volatile @Nullable CallListener listener;
    volatile long askedAt;
    volatile boolean asked;
  }

  /**
   * @param factory makes the listener beside a copy of the API; null if the application has not set
   *     its OpenTelemetry up, which is then asked again later
   */
  ApplicationListeners(
      Function<Class<?>, @Nullable CallListener> factory, LongSupplier nanoTicker) {
    this.factory = factory;
    this.nanoTicker = nanoTicker;
  }

  /** The listener that a call was last told to; null if there is none, or it is gone. */
  @Nullable CallListener latest() {
    return latest.get();
  }

  /**
   * The listener for a call.
   *
   * @param caller the class loader of the calling library; null stands for the thread's own
   */
  @Nullable CallListener find(@Nullable ClassLoader caller) {
    ClassLoader loader = caller == null ? Thread.currentThread().getContextClassLoader() : caller;
    Class<?> api = loader == null ? null : apiOf(loader);
    CallListener found = api == null ? null : listener(slots.get(api), api);
    if (found != null && latest.get() != found) {
      latest = new WeakReference<>(found);
    }
    return found;
  }

  private @Nullable CallListener listener(Slot slot, Class<?> api) {
    CallListener listener = slot.listener;
    long now = nanoTicker.getAsLong();
    if (listener != null || (slot.asked && now - slot.askedAt < ASK_AGAIN_NANOS)) {
      return listener;
    }
    synchronized (slot) {
      if (slot.listener == null) {
        slot.askedAt = now;
        slot.asked = true;
        slot.listener = factory.apply(api);
      }
      return slot.listener;
    }
  }

  private @Nullable Class<?> apiOf(ClassLoader loader) {
    Last recent = last;
    if (recent != null && recent.loader().refersTo(loader)) {
      return classOf(recent.copy());
    }
    Copy copy;
    synchronized (copies) {
      copy = copies.get(loader);
    }
    if (copy == null) {
      copy = look(loader);
      synchronized (copies) {
        copies.put(loader, copy);
      }
    }
    last = new Last(new WeakReference<>(loader), copy);
    return classOf(copy);
  }

  private static @Nullable Class<?> classOf(Copy copy) {
    return copy.api() == null ? null : copy.api().get();
  }

  private static Copy look(ClassLoader loader) {
    try {
      return new Copy(new WeakReference<>(Class.forName(API, false, loader)));
    } catch (ClassNotFoundException | LinkageError none) {
      return new Copy(null);
    }
  }
}
