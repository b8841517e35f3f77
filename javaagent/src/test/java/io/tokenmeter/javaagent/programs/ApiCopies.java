package io.tokenmeter.javaagent.programs;

import io.tokenmeter.api.Attribution;
import io.tokenmeter.api.Reservation;
import io.tokenmeter.api.TokenMeter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Reserves over one copy of the API and looks at it from another, as in a web application. */
public final class ApiCopies {
  private ApiCopies() {}

  public static void main(String[] arguments) throws ReflectiveOperationException {
    Supplier<?> copy =
        (Supplier<?>)
            new ChildFirst(classPath())
                .loadClass(ApiCopy.class.getName())
                .getConstructor()
                .newInstance();
    System.out.println("before=" + copy.get());
    try (Attribution.Scope scope = Attribution.of("team", "search").makeCurrent();
        Reservation hold =
            TokenMeter.get()
                .reservation("openai", "gpt-4o")
                .inputTokens(100)
                .maxOutputTokens(200)
                .reserve()) {
      System.out.println("within=" + copy.get());
      System.out.println("here=" + new ApiCopy().get());
      hold.release();
    }
    System.out.println("after=" + copy.get());
  }

  private static URL[] classPath() {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":")) {
      try {
        urls.add(Path.of(entry).toUri().toURL());
      } catch (MalformedURLException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return urls.toArray(new URL[0]);
  }

  /** Loads its own copy of everything of ours, as Tomcat does. */
  private static final class ChildFirst extends URLClassLoader {
    ChildFirst(URL[] urls) {
      super(urls, ApiCopies.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("io.tokenmeter.")) {
        synchronized (getClassLoadingLock(name)) {
          Class<?> type = findLoadedClass(name);
          return type == null ? findClass(name) : type;
        }
      }
      return super.loadClass(name, resolve);
    }
  }
}
