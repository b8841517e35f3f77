package io.tokenmeter.otel;

import static java.lang.invoke.MethodType.methodType;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Recognises a span that another instrumentation made for the same operation. The API cannot read a
 * span back; the SDK's spans can be, also after their end, and are asked by a method handle because
 * the SDK need not be there.
 */
final class InferenceSpans {
  private static final ClassValue<Optional<MethodHandle>> GET_ATTRIBUTE =
      new ClassValue<>() {
        @Override
        protected Optional<MethodHandle> computeValue(Class<?> type) {
          return getAttribute(type);
        }
      };

  private InferenceSpans() {}

  static boolean isFor(String operation, Span span) {
    MethodHandle getAttribute = GET_ATTRIBUTE.get(span.getClass()).orElse(null);
    if (getAttribute == null) {
      return false;
    }
    try {
      return operation.equals(
          (Object) getAttribute.invoke(span, SemanticConventions.OPERATION_NAME));
    } catch (Throwable unreadable) {
      return false;
    }
  }

  private static Optional<MethodHandle> getAttribute(Class<?> spanType) {
    Deque<Class<?>> types = new ArrayDeque<>();
    types.add(spanType);
    while (!types.isEmpty()) {
      Class<?> type = types.remove();
      if (type.getName().equals("io.opentelemetry.sdk.trace.ReadableSpan")) {
        return getter(type);
      }
      types.addAll(List.of(type.getInterfaces()));
      if (type.getSuperclass() != null) {
        types.add(type.getSuperclass());
      }
    }
    return Optional.empty();
  }

  private static Optional<MethodHandle> getter(Class<?> readableSpan) {
    try {
      return Optional.of(
          MethodHandles.publicLookup()
              .findVirtual(
                  readableSpan, "getAttribute", methodType(Object.class, AttributeKey.class)));
    } catch (ReflectiveOperationException otherSdk) {
      return Optional.empty();
    }
  }
}
