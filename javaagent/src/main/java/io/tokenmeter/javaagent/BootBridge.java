package io.tokenmeter.javaagent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Defines the bridge in the boot class loader. Appending a jar to the boot class path would do the
 * same, but makes the JVM print a warning about class sharing.
 */
final class BootBridge {
  private static final String NAME = "java.lang.TokenMeterBridge";

  private BootBridge() {}

  /**
   * @return null if there is one, which means that another agent of ours has come first
   */
  static @Nullable Class<?> define(Instrumentation instrumentation)
      throws ReflectiveOperationException {
    if (isDefined()) {
      return null;
    }
    Module own = BootBridge.class.getModule();
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of(),
        Map.of(Object.class.getPackageName(), Set.of(own)),
        Set.of(),
        Map.of());
    return MethodHandles.privateLookupIn(Object.class, MethodHandles.lookup())
        .defineClass(classFile());
  }

  private static boolean isDefined() {
    try {
      Class.forName(NAME, false, null);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static byte[] classFile() {
    String resource = NAME.replace('.', '/') + ".class";
    try (InputStream stream = BootBridge.class.getClassLoader().getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(resource + " is missing from the agent's jar");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
