package io.tokenmeter.javaagent.clients.faults;

import io.tokenmeter.javaagent.testing.ForkedJvm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.ByteBuddy;

/** Packs {@link FaultAgent} into a jar that can be attached. */
public final class FaultAgentJar {
  private FaultAgentJar() {}

  /** Writes the jar into {@code directory}. */
  public static Path pack(Path directory) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(new Attributes.Name("Premain-Class"), FaultAgent.class.getName());
    attributes.put(
        Attributes.Name.CLASS_PATH, ForkedJvm.locationOf(ByteBuddy.class).toUri().toString());
    Path jar = directory.resolve("faults.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      add(FaultAgent.class, out);
      add(Fault.class, out);
    }
    return jar;
  }

  private static void add(Class<?> type, JarOutputStream out) throws IOException {
    String entry = type.getName().replace('.', '/') + ".class";
    try (InputStream bytes = type.getClassLoader().getResourceAsStream(entry)) {
      out.putNextEntry(new JarEntry(entry));
      bytes.transferTo(out);
    }
  }
}
