package io.tokenmeter.javaagent.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Keeps a call from being metered twice where one seam's library sends through another's: the outer
 * seam says so on its thread, and on objects that travel with the call to other threads.
 */
public final class Nesting {
  private static final ThreadLocal<@Nullable Boolean> INSIDE = new ThreadLocal<>();
  private static final WeakIdentitySet CARRIERS = new WeakIdentitySet();

  private Nesting() {}

  /** Whether the calling thread is sending on behalf of a call that is metered already. */
  public static boolean isInside() {
    return INSIDE.get() != null;
  }

  /**
   * From here on, what this thread sends belongs to a metered call.
   *
   * @return whether {@link #leave} is to be called; false if the thread was inside already
   */
  public static boolean enter() {
    if (isInside()) {
      return false;
    }
    INSIDE.set(Boolean.TRUE);
    return true;
  }

  public static void leave() {
    INSIDE.remove();
  }

  /** Whatever sends this object belongs to a metered call. Held weakly, known by identity. */
  public static void mark(Object carrier) {
    CARRIERS.add(carrier);
  }

  public static boolean isMarked(@Nullable Object carrier) {
    return carrier != null && CARRIERS.contains(carrier);
  }
}
