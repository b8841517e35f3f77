package io.tokenmeter.javaagent.programs;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Uses a library in a class loader of its own, lets go of it, and waits for its end. */
public final class Redeployed {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Redeployed() {}

  /**
   * @param arguments the library's jar, a class in it, and a method with two parameters
   */
  public static void main(String[] arguments) throws Exception {
    ReferenceQueue<ClassLoader> unloaded = new ReferenceQueue<>();
    WeakReference<ClassLoader> deployed =
        use(Path.of(arguments[0]), arguments[1], arguments[2], unloaded);
    Instant end = Instant.now().plus(PATIENCE);
    boolean gone = false;
    while (!gone && Instant.now().isBefore(end)) {
      System.gc();
      gone = unloaded.remove(200) == deployed;
    }
    System.out.println("unloaded=" + gone);
  }

  private static WeakReference<ClassLoader> use(
      Path jar, String library, String method, ReferenceQueue<ClassLoader> unloaded)
      throws Exception {
    URL[] urls = {jar.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Class<?> type = loader.loadClass(library);
      Object client = type.getConstructor().newInstance();
      type.getMethod(method, Object.class, Object.class).invoke(client, new Object(), new Object());
      return new WeakReference<>(loader, unloaded);
    }
  }
}
