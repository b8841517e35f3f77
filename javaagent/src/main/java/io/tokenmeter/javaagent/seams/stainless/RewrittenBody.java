package io.tokenmeter.javaagent.seams.stainless;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A library's request body with other bytes in it. */
final class RewrittenBody extends LibraryProxy {
  private final byte[] bytes;

  private RewrittenBody(Object original, byte[] bytes) {
    super(original);
    this.bytes = bytes;
  }

  static Object of(Class<?> type, Object original, byte[] bytes) {
    return implementing(type, new RewrittenBody(original, bytes));
  }

  @Override
  @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws IOException {
    switch (method.getName()) {
      case "writeTo":
        ((OutputStream) Objects.requireNonNull(Objects.requireNonNull(arguments)[0])).write(bytes);
        return null;
      case "contentLength":
        return (long) bytes.length;
      case "repeatable":
        return true;
      default:
        return forward(method, arguments);
    }
  }
}
