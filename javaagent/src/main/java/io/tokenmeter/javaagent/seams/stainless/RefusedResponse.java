package io.tokenmeter.javaagent.seams.stainless;

import java.io.ByteArrayInputStream;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** A library's response to a call that was not sent. */
final class RefusedResponse extends LibraryProxy {
  private static final int TOO_MANY_REQUESTS = 429;

  private final Object headers;
  private final ByteArrayInputStream body;

  private RefusedResponse(Object headers, byte[] body) {
    super(null);
    this.headers = headers;
    this.body = new ByteArrayInputStream(body);
  }

  static Object of(Class<?> type, Object headers, byte[] body) {
    return implementing(type, new RefusedResponse(headers, body));
  }

  @Override
  @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "statusCode" -> TOO_MANY_REQUESTS;
      case "headers" -> headers;
      case "body" -> body;
      case "close" -> null;
      default -> throw new UnsupportedOperationException(method.toString());
    };
  }
}
