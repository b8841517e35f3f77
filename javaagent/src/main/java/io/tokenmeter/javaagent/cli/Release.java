package io.tokenmeter.javaagent.cli;

import java.io.File;
import java.io.IOException;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import picocli.CommandLine.IVersionProvider;

/** Which tokenmeter this is. */
final class Release implements IVersionProvider {
  private static final String UNPACKED = "unreleased, not run from tokenmeter.jar";

  @Override
  public String[] getVersion() {
    return new String[] {"tokenmeter " + version()};
  }

  /** The version in the manifest of the jar that {@code java -jar} was given. */
  static String version() {
    Optional<File> jar = jar();
    if (jar.isEmpty()) {
      return UNPACKED;
    }
    try (JarFile file = new JarFile(jar.get())) {
      Manifest manifest = file.getManifest();
      String version =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
      return version == null ? UNPACKED : version;
    } catch (IOException unreadable) {
      return UNPACKED;
    }
  }

  /** With {@code java -jar} the class path is the jar alone. */
  static Optional<File> jar() {
    return Optional.of(new File(System.getProperty("java.class.path", ""))).filter(File::isFile);
  }
}
