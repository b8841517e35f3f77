package io.tokenmeter.javaagent.seams.stainless;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a library's {@code HttpRequest}. */
final class Requests {
  /** What a body says of its length is believed up to here. */
  private static final int MAX_STATED_LENGTH = 8 << 20;

  private final Class<?> bodyType;
  private final Member method;
  private final Member url;
  private final Member pathSegments;
  private final Member headers;
  private final Member headerValues;
  private final Member body;
  private final Member repeatable;
  private final Member contentLength;
  private final Member writeTo;
  private final Member toBuilder;
  private final Member setBody;
  private final Member build;

  Requests(Class<?> type, Class<?> bodyType, Class<?> headersType) throws ClassNotFoundException {
    Class<?> builder = Class.forName(type.getName() + "$Builder", false, type.getClassLoader());
    this.bodyType = bodyType;
    this.method = new Member(type, "method");
    this.url = new Member(type, "url");
    this.pathSegments = new Member(type, "pathSegments");
    this.headers = new Member(type, "headers");
    this.headerValues = new Member(headersType, "values", String.class);
    this.body = new Member(type, "body");
    this.repeatable = new Member(bodyType, "repeatable");
    this.contentLength = new Member(bodyType, "contentLength");
    this.writeTo = new Member(bodyType, "writeTo", OutputStream.class);
    this.toBuilder = new Member(type, "toBuilder");
    this.setBody = new Member(builder, "body", bodyType);
    this.build = new Member(builder, "build");
  }

  String methodOf(Object request) {
    return method.get(request).toString();
  }

  /** Null if the request does not say where it goes. */
  @Nullable URI urlOf(Object client, Object request) {
    try {
      Object whole = url.find(request);
      if (whole != null) {
        return URI.create(whole.toString());
      }
      String base = OldBaseUrl.of(client);
      return base == null ? null : URI.create(append(base, (List<?>) pathSegments.get(request)));
    } catch (IllegalArgumentException notAUrl) {
      return null;
    }
  }

  private static String append(String base, List<?> segments) {
    StringBuilder url =
        new StringBuilder(base.endsWith("/") ? base.substring(0, base.length() - 1) : base);
    segments.forEach(segment -> url.append('/').append(segment));
    return url.toString();
  }

  @Nullable String header(Object request, String name) {
    List<?> values = (List<?>) headerValues.get(headers.get(request), name);
    return values.isEmpty() ? null : String.valueOf(values.get(0));
  }

  /** Null if it has none. Some versions say so with an {@link Optional}. */
  @Nullable Object bodyOf(Object request) {
    Object found = body.find(request);
    return found instanceof Optional<?> optional ? optional.orElse(null) : found;
  }

  /** Null if it can be written only once. */
  byte @Nullable [] read(Object requestBody) {
    if (!(boolean) repeatable.get(requestBody)) {
      return null;
    }
    long length = (long) contentLength.get(requestBody);
    ExactBuffer bytes = new ExactBuffer(length > 0 && length <= MAX_STATED_LENGTH ? length : 4096);
    writeTo.find(requestBody, bytes);
    return bytes.bytes();
  }

  Object withBody(Object request, Object originalBody, byte[] bytes) {
    Object rewritten = RewrittenBody.of(bodyType, originalBody, bytes);
    return build.get(setBody.get(toBuilder.get(request), rewritten));
  }

  /** Gives its bytes away without a copy where it was made as large as they are many. */
  private static final class ExactBuffer extends ByteArrayOutputStream {
    ExactBuffer(long size) {
      super((int) size);
    }

    synchronized byte[] bytes() {
      return count == buf.length ? buf : toByteArray();
    }
  }
}
