package io.tokenmeter.javaagent.weaving;

import io.tokenmeter.javaagent.loading.SeamClassLoader;
import java.io.IOException;
import java.io.InputStream;
import net.bytebuddy.dynamic.ClassFileLocator;

/** Finds the seams' class files in the agent's jar, for the weaver to read advice from. */
final class SeamFileLocator implements ClassFileLocator {
  private final ClassLoader agentLoader;

  SeamFileLocator(ClassLoader agentLoader) {
    this.agentLoader = agentLoader;
  }

  @Override
  public Resolution locate(String name) throws IOException {
    try (InputStream stream = SeamClassLoader.classFile(agentLoader, name)) {
      return stream == null
          ? new Resolution.Illegal(name)
          : new Resolution.Explicit(stream.readAllBytes());
    }
  }

  @Override
  public void close() {}
}
