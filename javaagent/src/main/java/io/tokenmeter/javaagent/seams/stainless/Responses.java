package io.tokenmeter.javaagent.seams.stainless;

import io.tokenmeter.engine.Exchange;
import io.tokenmeter.engine.Verdict;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and makes a library's {@code HttpResponse}. */
final class Responses {
  private final Class<?> type;
  private final Member statusCode;
  private final Member headers;
  private final Member body;
  private final Member headerValues;
  private final Member headersBuilder;
  private final Member putHeader;
  private final Member buildHeaders;

  Responses(Class<?> type, Class<?> headersType) throws ClassNotFoundException {
    Class<?> builder =
        Class.forName(headersType.getName() + "$Builder", false, type.getClassLoader());
    this.type = type;
    this.statusCode = new Member(type, "statusCode");
    this.headers = new Member(type, "headers");
    this.body = new Member(type, "body");
    this.headerValues = new Member(headersType, "values", String.class);
    this.headersBuilder = new Member(headersType, "builder");
    this.putHeader = new Member(builder, "put", String.class, String.class);
    this.buildHeaders = new Member(builder, "build");
  }

  Class<?> type() {
    return type;
  }

  /** The response as the exchange sees it pass. */
  Object metered(Object response, Exchange exchange) {
    Object head = headers.get(response);
    exchange.responseStarted((int) statusCode.get(response), name -> header(head, name));
    return MeteredResponse.of(
        type, response, (InputStream) body.get(response), lengthOf(head), exchange);
  }

  private @Nullable String header(Object head, String name) {
    List<?> values = (List<?>) headerValues.get(head, name);
    return values.isEmpty() ? null : String.valueOf(values.get(0));
  }

  private long lengthOf(Object head) {
    String length = header(head, "content-length");
    try {
      return length == null ? -1 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** An answer that the library turns into its own exception for "too many requests", at once. */
  Object refused(Verdict.Refused refused) {
    Object builder = headersBuilder.get(null);
    putHeader.find(builder, "content-type", refused.contentType());
    putHeader.find(builder, "x-should-retry", "false");
    return RefusedResponse.of(type, buildHeaders.get(builder), refused.body());
  }
}
