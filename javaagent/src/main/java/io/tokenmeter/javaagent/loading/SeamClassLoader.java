package io.tokenmeter.javaagent.loading;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Where a seam meets a library: links the seam's code against the engine on one side and against
 * the library as one application class loader has it on the other. The application cannot see it.
 * It lives as long as the woven call sites in that class loader.
 */
public final class SeamClassLoader extends ClassLoader {
  private static final String FOLDER = "seams/";
  private static final String OWN_PACKAGES = "io.tokenmeter.";
  private static final String SEAM_PACKAGES = "io.tokenmeter.javaagent.seams.";
  private static final String OTEL_PACKAGE = "io.tokenmeter.otel.";

  private final ClassLoader agentLoader;

  static {
    registerAsParallelCapable();
  }

  /**
   * @param application null stands for the boot loader
   */
  public SeamClassLoader(@Nullable ClassLoader application, ClassLoader agentLoader) {
    super(application);
    this.agentLoader = agentLoader;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (name.startsWith(SEAM_PACKAGES) || name.startsWith(OTEL_PACKAGE)) {
      synchronized (getClassLoadingLock(name)) {
        Class<?> type = findLoadedClass(name);
        return type == null ? findClass(name) : type;
      }
    }
    return name.startsWith(OWN_PACKAGES)
        ? agentLoader.loadClass(name)
        : super.loadClass(name, resolve);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    try (InputStream stream = classFile(agentLoader, name)) {
      if (stream == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = stream.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /** A seam's class file in the agent's jar; null if there is none. */
  public static @Nullable InputStream classFile(ClassLoader agentLoader, String name) {
    return agentLoader.getResourceAsStream(FOLDER + name.replace('.', '/') + ".class");
  }
}
