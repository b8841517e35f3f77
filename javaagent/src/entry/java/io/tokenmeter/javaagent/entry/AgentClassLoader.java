package io.tokenmeter.javaagent.entry;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * Loads the agent itself out of {@code inst/} in its jar, where class files are named {@code
 * .classdata}: no other class loader can find them there, and the agent sees nothing of the
 * application.
 */
final class AgentClassLoader extends ClassLoader {
  private static final String FOLDER = "inst/";
  private static final String OWN_PACKAGES = "io.tokenmeter.";

  private final JarFile jar;
  private final String urlPrefix;

  static {
    registerAsParallelCapable();
  }

  /**
   * @param file the agent's jar; not verified, it is not signed
   * @param parent the platform class loader
   */
  AgentClassLoader(File file, ClassLoader parent) throws IOException {
    super(parent);
    jar = new JarFile(file, false);
    urlPrefix = "jar:" + file.toURI() + "!/";
    if (jar.getEntry(entryOf("io/tokenmeter/javaagent/Agent.class")) == null) {
      throw new IOException(
          file + " is not tokenmeter.jar as it was built; attach that one, unpacked by nobody");
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OWN_PACKAGES)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> type = findLoadedClass(name);
      return type == null ? findClass(name) : type;
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    ZipEntry entry = jar.getEntry(entryOf(name.replace('.', '/') + ".class"));
    if (entry == null) {
      throw new ClassNotFoundException(name);
    }
    try (InputStream stream = jar.getInputStream(entry)) {
      byte[] bytes = read(stream, (int) entry.getSize());
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /** Without a URL: opening one would bring the JDK's URL handlers into the application's start. */
  @Override
  public InputStream getResourceAsStream(String name) {
    ZipEntry entry = jar.getEntry(entryOf(name));
    try {
      return entry == null ? super.getResourceAsStream(name) : jar.getInputStream(entry);
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  protected URL findResource(String name) {
    String entry = entryOf(name);
    try {
      return jar.getEntry(entry) == null ? null : new URL(urlPrefix + entry);
    } catch (MalformedURLException e) {
      return null;
    }
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    URL resource = findResource(name);
    return Collections.enumeration(
        resource == null ? Collections.<URL>emptyList() : Collections.singletonList(resource));
  }

  private static String entryOf(String resource) {
    return FOLDER
        + (resource.endsWith(".class")
            ? resource.substring(0, resource.length() - ".class".length()) + ".classdata"
            : resource);
  }

  /** Straight into an array of its size: hundreds of classes are read while a program starts. */
  private static byte[] read(InputStream stream, int size) throws IOException {
    byte[] bytes = new byte[size];
    int at = 0;
    while (at < size) {
      int read = stream.read(bytes, at, size - at);
      if (read < 0) {
        throw new EOFException("the agent's jar is damaged");
      }
      at += read;
    }
    return bytes;
  }
}
