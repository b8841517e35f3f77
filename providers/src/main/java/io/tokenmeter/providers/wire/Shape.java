package io.tokenmeter.providers.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a dialect looks for in the JSON of a response. Paths are field names joined by dots, with
 * {@code []} after a field whose array's elements are meant: {@code choices[].delta.content}.
 * Immutable once it is in use.
 *
 * @param <A> what collects the values
 */
public final class Shape<A extends Answer> {
  final Node<A> root = new Node<>();

  /** Calls {@code sink} with each string that stands at a path. */
  public Shape<A> text(String path, BiConsumer<? super A, String> sink) {
    node(path).text = sink;
    return this;
  }

  /**
   * Calls {@code sink} with each number that stands at a path; what is negative becomes 0, what is
   * too large {@link Tokens#MAX}.
   */
  public Shape<A> number(String path, ObjLongConsumer<? super A> sink) {
    node(path).number = sink;
    return this;
  }

  /** Strings at these paths are the model's output. */
  public Shape<A> output(String... paths) {
    for (String path : paths) {
      text(path, Answer::output);
    }
    return this;
  }

  /** Values at this path, of whatever type, are the model's output, as compact JSON. */
  public Shape<A> jsonOutput(String path) {
    node(path).json = true;
    return this;
  }

  /** Calls {@code hook} after each object that stands at a path. */
  public Shape<A> after(String path, Consumer<? super A> hook) {
    node(path).after = hook;
    return this;
  }

  /** The document may be an array of what was declared: a stream of answers, not one. */
  public Shape<A> orArrayOfIt() {
    root.element = root;
    return this;
  }

  private Node<A> node(String path) {
    Node<A> node = root;
    for (String step : path.split("\\.", -1)) {
      boolean elements = step.endsWith("[]");
      String field = elements ? step.substring(0, step.length() - 2) : step;
      node = node.fields.computeIfAbsent(field, name -> new Node<>());
      if (elements) {
        if (node.element == null) {
          node.element = new Node<>();
        }
        node = node.element;
      }
    }
    return node;
  }

  /** A place in the document. */
  static final class Node<A extends Answer> {
    final Map<String, Node<A>> fields = new HashMap<>();
    @Nullable Node<A> element;
    @Nullable BiConsumer<? super A, String> text;
    @Nullable ObjLongConsumer<? super A> number;
    @Nullable Consumer<? super A> after;
    boolean json;
  }
}
