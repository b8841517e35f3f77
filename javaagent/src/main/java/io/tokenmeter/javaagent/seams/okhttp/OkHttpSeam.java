package io.tokenmeter.javaagent.seams.okhttp;

import static java.util.Objects.requireNonNull;

import io.tokenmeter.engine.Exchange;
import io.tokenmeter.engine.Meter;
import io.tokenmeter.engine.OutgoingCall;
import io.tokenmeter.engine.Verdict;
import io.tokenmeter.engine.Waiting;
import io.tokenmeter.javaagent.runtime.AgentEngine;
import io.tokenmeter.javaagent.runtime.Nesting;
import io.tokenmeter.javaagent.runtime.RequestBodies;
import io.tokenmeter.javaagent.runtime.WeakIdentitySet;
import java.io.IOException;
import java.io.InterruptedIOException;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A call as it enters the interceptors. Uses only what OkHttp 3.14, 4 and 5 have in common.
 *
 * <p>The state between entering and leaving is an array, for the sake of the woven code: the
 * response that stands in for sending, the exchange, the call.
 */
final class OkHttpSeam {
  private static final int TOO_MANY_REQUESTS = 429;

  /** Calls that no server has got anything of yet. */
  private static final WeakIdentitySet UNSENT = new WeakIdentitySet();

  /** Until a call is seen being sent, nothing says that it would be. */
  private static volatile boolean seesSending;

  private OkHttpSeam() {}

  static @Nullable Object @Nullable [] open(Object enteredCall) throws IOException {
    if (Nesting.isInside() || Nesting.isMarked(enteredCall)) {
      return null;
    }
    Call call = (Call) enteredCall;
    Request request = call.request();
    HttpUrl url = request.url();
    Meter meter = AgentEngine.meterFor(request.method(), url.host(), url.encodedPath());
    RequestBody body = request.body();
    if (meter == null || body == null || body.isDuplex()) {
      return null;
    }
    byte[] bytes;
    try {
      if (!RequestBodies.mayBeMetered(typeOf(request, body), body.contentLength())) {
        return null;
      }
      bytes = read(body);
    } catch (IOException e) {
      // Sending will fail in the same way, and say so to the application.
      return null;
    }
    Exchange exchange = meter.open(outgoing(request, bytes, call.getClass().getClassLoader()));
    if (exchange != null && exchange.verdict() instanceof Waiting waiting) {
      try {
        exchange = waiting.await(call::isCanceled);
      } catch (InterruptedException e) {
        // As OkHttp itself does wherever it waits.
        Thread.currentThread().interrupt();
        return new @Nullable Object[] {new InterruptedIOException("interrupted"), null, call};
      }
      if (exchange == null && call.isCanceled()) {
        return null; // goes no further than to the first interceptor
      }
    }
    return admitted(call, request, body, bytes, exchange);
  }

  private static @Nullable Object[] admitted(
      Call call, Request request, RequestBody body, byte[] bytes, @Nullable Exchange exchange)
      throws IOException {
    try {
      if (exchange != null && exchange.verdict() instanceof Verdict.Refused refused) {
        return new @Nullable Object[] {refusal(request, refused), null, call};
      }
      byte[] rewritten = exchange == null ? null : rewritten(exchange);
      if (rewritten != null || !isRepeatable(body)) {
        RequestBody toSend =
            new ReplayedBody(body, rewritten == null ? bytes : rewritten, rewritten != null);
        RequestReplacement.begin(
            request,
            request
                .newBuilder()
                .url(urlOf(request, exchange))
                .method(request.method(), toSend)
                .build());
      }
      if (exchange != null) {
        UNSENT.add(call);
      }
      return new @Nullable Object[] {null, exchange, call};
    } catch (Throwable fault) {
      if (exchange != null) {
        exchange.notSent();
      }
      throw fault;
    }
  }

  /** The last interceptor has the call, on whatever thread. */
  static void sending(Call call) {
    seesSending = true;
    UNSENT.remove(call);
  }

  static @Nullable Object close(
      @Nullable Object[] entered, @Nullable Object returned, @Nullable Throwable thrown) {
    RequestReplacement.end();
    Exchange exchange = (Exchange) entered[1];
    if (exchange == null) {
      return null;
    }
    try {
      Call call = (Call) requireNonNull(entered[2]);
      boolean unsent = UNSENT.remove(call) && seesSending;
      if (thrown == null && returned != null) {
        return metered((Response) returned, exchange);
      }
      if (unsent && thrown != null) {
        exchange.failedUnsent(thrown);
      } else if (call.isCanceled()) {
        exchange.abandoned();
      } else if (thrown != null) {
        exchange.failed(thrown);
      }
      return null;
    } catch (Throwable fault) {
      exchange.abandoned();
      throw fault;
    }
  }

  private static OutgoingCall outgoing(
      Request request, byte[] body, @Nullable ClassLoader application) {
    HttpUrl url = request.url();
    String query = url.encodedQuery();
    return new OutgoingCall(
        "okhttp",
        request.method(),
        url.host(),
        url.port(),
        query == null ? url.encodedPath() : url.encodedPath() + "?" + query,
        request::header,
        body,
        application);
  }

  private static @Nullable String typeOf(Request request, RequestBody body) {
    MediaType type = body.contentType();
    return type == null ? request.header("content-type") : type.toString();
  }

  /** Only OkHttp's own bodies can be trusted to write the same bytes twice. */
  private static boolean isRepeatable(RequestBody body) {
    return !body.isOneShot() && body.getClass().getName().startsWith("okhttp3.");
  }

  private static byte[] read(RequestBody body) throws IOException {
    Buffer buffer = new Buffer();
    body.writeTo(buffer);
    return buffer.readByteArray();
  }

  private static byte @Nullable [] rewritten(Exchange exchange) {
    return exchange.verdict() instanceof Verdict.Admitted admitted ? admitted.body() : null;
  }

  private static HttpUrl urlOf(Request request, @Nullable Exchange exchange) {
    HttpUrl url = request.url();
    String path =
        exchange != null && exchange.verdict() instanceof Verdict.Admitted admitted
            ? admitted.path()
            : null;
    if (path == null) {
      return url;
    }
    int query = path.indexOf('?');
    return url.newBuilder()
        .encodedPath(query < 0 ? path : path.substring(0, query))
        .encodedQuery(query < 0 ? null : path.substring(query + 1))
        .build();
  }

  /** The answer that every library on OkHttp turns into its own "too many requests". */
  private static Response refusal(Request request, Verdict.Refused refused) {
    return new Response.Builder()
        .request(request)
        .protocol(Protocol.HTTP_1_1)
        .code(TOO_MANY_REQUESTS)
        .message("Too Many Requests")
        .header("content-type", refused.contentType())
        .header("x-should-retry", "false")
        .body(new BytesBody(MediaType.parse(refused.contentType()), refused.body()))
        .build();
  }

  private static @Nullable Response metered(Response response, Exchange exchange) {
    exchange.responseStarted(response.code(), response::header);
    ResponseBody body = response.body();
    if (body == null) {
      exchange.responseEnded();
      return null;
    }
    return response.newBuilder().body(new MeteredBody(body, exchange)).build();
  }
}
