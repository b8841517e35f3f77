package io.tokenmeter.otel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The exporter's own classes over an application's OpenTelemetry 1.31, API and SDK: what is newer
 * than that must not be needed to link.
 */
class OldestApiTest {
  private static final Path OLDEST_API = Path.of("target", "oldest-api");

  @Test
  void listener_overApi131_recordsSpansCountersHistogramsGaugesAndEvents() throws Exception {
    try (ApplicationLoader application = ApplicationLoader.create()) {
      assertThat(application.run("io.tokenmeter.otel.OldestApiProbe"))
          .containsExactly(
              "api without event names",
              "nothing before the application's SDK",
              "the application could still set its own",
              "span chat gpt-4o below request",
              "calls 1",
              "duration 1.5",
              "tokens 170",
              "budget used 7",
              "event tokenmeter.budget.refused");
    }
  }

  /** Own copies of the exporter and of OpenTelemetry; all else from the test's class path. */
  private static final class ApplicationLoader extends URLClassLoader {
    private ApplicationLoader(URL[] urls) {
      super(urls, OldestApiTest.class.getClassLoader());
    }

    static ApplicationLoader create() throws IOException {
      List<URL> urls = new ArrayList<>();
      urls.add(classesOf(TelemetryListener.class));
      urls.add(classesOf(OldestApiTest.class));
      try (Stream<Path> jars = Files.list(OLDEST_API)) {
        for (Path jar : jars.toList()) {
          assertThat(jar.getFileName().toString()).contains("-1.31.0");
          urls.add(jar.toUri().toURL());
        }
      }
      return new ApplicationLoader(urls.toArray(new URL[0]));
    }

    private static URL classesOf(Class<?> type) {
      return type.getProtectionDomain().getCodeSource().getLocation();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("io.opentelemetry.") && !name.startsWith("io.tokenmeter.otel.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }

    /** The class path's newer SDK declares services that the old one must not find. */
    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return name.startsWith("META-INF/services/io.opentelemetry.")
          ? findResources(name)
          : super.getResources(name);
    }

    @SuppressWarnings("unchecked")
    List<String> run(String probe) throws Exception {
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      // As in an application: OpenTelemetry looks for its services through the thread's loader.
      thread.setContextClassLoader(this);
      try {
        return ((Callable<List<String>>) loadClass(probe).getDeclaredConstructor().newInstance())
            .call();
      } finally {
        thread.setContextClassLoader(before);
      }
    }
  }
}
