package io.tokenmeter.benchmarks.tokenizers;

/** Counts the tokens of texts; by several threads at once. */
interface Counter extends AutoCloseable {
  int count(String text);

  @Override
  default void close() {}
}
