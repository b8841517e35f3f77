package io.tokenmeter.javaagent.loading;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One {@link SeamClassLoader} for each class loader of the application. Nothing here keeps either
 * alive: what runs in a seam class loader does, and goes with the application.
 */
public final class SeamLoaders {
  private static final Map<ClassLoader, WeakReference<SeamClassLoader>> KNOWN = new WeakHashMap<>();

  private SeamLoaders() {}

  /**
   * @param application null stands for the boot loader
   */
  public static SeamClassLoader forApplication(@Nullable ClassLoader application) {
    synchronized (KNOWN) {
      WeakReference<SeamClassLoader> known = KNOWN.get(application);
      SeamClassLoader loader = known == null ? null : known.get();
      if (loader == null) {
        loader = new SeamClassLoader(application, SeamLoaders.class.getClassLoader());
        KNOWN.put(application, new WeakReference<>(loader));
      }
      return loader;
    }
  }
}
