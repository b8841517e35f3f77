package io.tokenmeter.javaagent.programs;

/** Prints a line. */
public final class HelloWorld {
  private HelloWorld() {}

  public static void main(String[] arguments) {
    System.out.println("hello");
  }
}
