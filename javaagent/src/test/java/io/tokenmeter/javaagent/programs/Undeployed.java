package io.tokenmeter.javaagent.programs;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.time.Instant;

/**
 * A container whose web application is the first in the JVM to call a model, and is then
 * undeployed.
 */
public final class Undeployed {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Undeployed() {}

  public static void main(String[] arguments) throws Exception {
    ReferenceQueue<ClassLoader> unloaded = new ReferenceQueue<>();
    boolean gone = false;
    try (EchoServer server = new EchoServer()) {
      System.setProperty(WebApplication.URL, server.url("/v1/chat/completions"));
      WeakReference<ClassLoader> deployed = deploy(unloaded);
      Instant end = Instant.now().plus(PATIENCE);
      while (!gone && Instant.now().isBefore(end)) {
        System.gc();
        gone = unloaded.remove(200) == deployed;
      }
    }
    System.out.println("unloaded=" + gone);
  }

  private static WeakReference<ClassLoader> deploy(ReferenceQueue<ClassLoader> unloaded)
      throws Exception {
    URL[] classes = {Undeployed.class.getProtectionDomain().getCodeSource().getLocation()};
    try (URLClassLoader loader =
        new URLClassLoader(classes, ClassLoader.getPlatformClassLoader())) {
      Runnable application =
          (Runnable)
              loader.loadClass(WebApplication.class.getName()).getConstructor().newInstance();
      Thread request = new Thread(application, "request");
      request.setContextClassLoader(loader);
      request.start();
      request.join();
      return new WeakReference<>(loader, unloaded);
    }
  }
}
