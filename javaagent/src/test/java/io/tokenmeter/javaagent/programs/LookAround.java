package io.tokenmeter.javaagent.programs;

import java.util.List;

/** Prints which of the names in its arguments the application can load or find. */
public final class LookAround {
  private LookAround() {}

  public static void main(String[] arguments) {
    ClassLoader loader = LookAround.class.getClassLoader();
    for (String name : List.of(arguments)) {
      System.out.println(name + "=" + (name.contains("/") ? found(loader, name) : loads(name)));
    }
  }

  private static boolean found(ClassLoader loader, String resource) {
    return loader.getResource(resource) != null;
  }

  private static boolean loads(String name) {
    try {
      Class.forName(name, false, LookAround.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
