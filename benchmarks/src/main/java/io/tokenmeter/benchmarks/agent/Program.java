package io.tokenmeter.benchmarks.agent;

/** A program whose start and end are measured. */
enum Program {
  HELLO_WORLD("hello-world", HelloWorld.class),
  CLIENT("one call of openai-java", OneCall.class);

  private final String label;
  private final Class<?> main;

  Program(String label, Class<?> main) {
    this.label = label;
    this.main = main;
  }

  String label() {
    return label;
  }

  Class<?> main() {
    return main;
  }
}
