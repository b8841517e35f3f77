package io.tokenmeter.providers.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tokenmeter.providers.wire.Shape.Node;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/** Takes the tokens of a document one by one and hands what the shape names to the answer. */
final class ShapeWalker<A extends Answer> {
  private final Shape<A> shape;
  private final A answer;

  /** The places of the open objects and arrays, outermost first in the document, last here. */
  private final Deque<Node<A>> open = new ArrayDeque<>();

  /** The place of the next value; null if the shape does not name it. */
  private @Nullable Node<A> next;

  /** How many objects and arrays are open that the shape does not name. */
  private int ignored;

  private @Nullable JsonGenerator copy;
  private int copied;
  private boolean arrayOfDocuments;

  ShapeWalker(Shape<A> shape, A answer) {
    this.shape = shape;
    this.answer = answer;
    this.next = shape.root;
  }

  /** Whether a document has begun and not ended. */
  boolean isInside() {
    return !open.isEmpty() || ignored > 0;
  }

  void accept(JsonParser parser, JsonToken token) throws IOException {
    if (ignored > 0) {
      ignored += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    } else if (copy != null) {
      copy(copy, parser, token);
    } else if (token.isStructStart()) {
      enter(parser, token);
    } else if (token.isStructEnd()) {
      leave(token);
    } else if (token == JsonToken.FIELD_NAME) {
      Node<A> object = open.peek();
      next = object == null ? null : object.fields.get(parser.currentName());
    } else if (next != null) {
      scalar(next, parser, token);
    }
  }

  private void enter(JsonParser parser, JsonToken token) throws IOException {
    Node<A> node = next;
    if (node == null) {
      ignored++;
      return;
    }
    if (node.json) {
      copy = Json.FACTORY.createGenerator(new OutputWriter(answer));
      copied = 0;
      copy(copy, parser, token);
      return;
    }
    if (token == JsonToken.START_ARRAY) {
      arrayOfDocuments |= open.isEmpty();
      next = node.element;
    } else {
      if (arrayOfDocuments && open.size() == 1) {
        answer.beginEvent();
      }
      next = null;
    }
    open.push(node);
  }

  private void leave(JsonToken token) {
    Node<A> node = open.pop();
    if (token == JsonToken.END_OBJECT && node.after != null) {
      node.after.accept(answer);
    }
    if (open.isEmpty()) {
      if (!arrayOfDocuments) {
        answer.endDocument();
      }
      answer.endRoot();
      arrayOfDocuments = false;
      next = shape.root;
      return;
    }
    if (arrayOfDocuments && open.size() == 1 && token == JsonToken.END_OBJECT) {
      answer.endDocument();
      answer.endEvent();
    }
    // Where an object is open, its next field says what comes next.
    next = open.element().element;
  }

  private void scalar(Node<A> node, JsonParser parser, JsonToken token) throws IOException {
    BiConsumer<? super A, String> text = node.text;
    ObjLongConsumer<? super A> number = node.number;
    if (token == JsonToken.VALUE_STRING && text != null) {
      text.accept(answer, parser.getText());
    } else if (token.isNumeric() && number != null) {
      number.accept(answer, figure(parser, token));
    } else if (token.isNumeric() && text != null) {
      text.accept(answer, parser.getText());
    } else if (token.isScalarValue() && token != JsonToken.VALUE_NULL && node.json) {
      answer.output(parser.getText());
    }
  }

  private static long figure(JsonParser parser, JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return switch (parser.getNumberType()) {
        case INT, LONG -> Math.max(0, Math.min(Tokens.MAX, parser.getLongValue()));
        default -> parser.getBigIntegerValue().signum() < 0 ? 0 : Tokens.MAX;
      };
    }
    return (long) Math.max(0, Math.min((double) Tokens.MAX, parser.getDoubleValue()));
  }

  private void copy(JsonGenerator to, JsonParser parser, JsonToken token) throws IOException {
    to.copyCurrentEvent(parser);
    copied += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    if (copied == 0) {
      copy = null;
      to.close();
      Node<A> top = open.peek();
      next = top == null ? shape.root : top.element;
    }
  }
}
