package io.tokenmeter.javaagent.seams.stainless;

import io.tokenmeter.engine.Exchange;
import io.tokenmeter.javaagent.runtime.MeteredInputStream;
import java.io.InputStream;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** A library's response whose body passes by the exchange. */
final class MeteredResponse extends LibraryProxy {
  private final InputStream body;
  private final Exchange exchange;

  private MeteredResponse(Object original, InputStream body, Exchange exchange) {
    super(original);
    this.body = body;
    this.exchange = exchange;
  }

  /**
   * @param length of the body; negative if unknown
   */
  static Object of(
      Class<?> type, Object original, InputStream body, long length, Exchange exchange) {
    InputStream metered = MeteredInputStream.of(body, length, exchange);
    exchange.watch(metered);
    return implementing(type, new MeteredResponse(original, metered, exchange));
  }

  @Override
  @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) {
    switch (method.getName()) {
      case "body":
        return body;
      case "close":
        exchange.abandoned();
        return forward(method, arguments);
      default:
        return forward(method, arguments);
    }
  }
}
