package io.tokenmeter.javaagent.seams.jdk;

import static java.util.Objects.requireNonNullElse;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.tokenmeter.engine.Exchange;
import io.tokenmeter.engine.Meter;
import io.tokenmeter.engine.OutgoingCall;
import io.tokenmeter.engine.Verdict;
import io.tokenmeter.engine.Waiting;
import io.tokenmeter.javaagent.runtime.AgentEngine;
import io.tokenmeter.javaagent.runtime.Nesting;
import io.tokenmeter.javaagent.runtime.RequestBodies;
import io.tokenmeter.javaagent.runtime.Resumption;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A request as the JDK's client takes it. The state between entering and leaving is an array, for
 * the sake of the woven code: the future that stands in for sending, the exchange, the request and
 * the body handler to go on with.
 */
final class JdkSeam {
  private JdkSeam() {}

  /**
   * @param async whether the caller must not be blocked
   */
  static @Nullable Object @Nullable [] open(
      HttpClient client,
      HttpRequest request,
      BodyHandler<?> handler,
      @Nullable PushPromiseHandler<?> pushHandler,
      boolean async) {
    Resumption resumed = Resumption.take(request);
    if (resumed != null) {
      Exchange exchange = resumed.exchange();
      return exchange == null
          ? null
          : new @Nullable Object[] {
            null, exchange, request, new MeteredHandler<>(handler, exchange)
          };
    }
    URI uri = request.uri();
    BodyPublisher body = request.bodyPublisher().orElse(null);
    if (body == null || uri == null || Nesting.isInside()) {
      return null;
    }
    Meter meter =
        AgentEngine.meterFor(
            request.method(),
            requireNonNullElse(uri.getHost(), ""),
            requireNonNullElse(uri.getRawPath(), ""));
    if (meter == null
        || !RequestBodies.mayBeMetered(
            request.headers().firstValue("content-type").orElse(null), body.contentLength())) {
      return null;
    }
    byte[] bytes = CollectedBody.ofReplayable(body);
    if (bytes != null) {
      return admit(meter, client, request, handler, pushHandler, bytes, false, async);
    }
    if (async) {
      return instead(new DeferredCall<>(client, request, handler, pushHandler).begin());
    }
    try {
      byte[] collected = await(request, body);
      return admit(meter, client, request, handler, pushHandler, collected, true, false);
    } catch (ExecutionException e) {
      return instead(CompletableFuture.failedFuture(requireNonNullElse(e.getCause(), e)));
    } catch (TimeoutException e) {
      return instead(DeferredCall.timedOut());
    } catch (InterruptedException e) {
      // The caller waits for the future that it gets, and is interrupted there as it always was.
      Thread.currentThread().interrupt();
      return instead(new CompletableFuture<>());
    }
  }

  private static byte[] await(HttpRequest request, BodyPublisher body)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<byte[]> collected = CollectedBody.of(body);
    Duration limit = request.timeout().orElse(null);
    return limit == null ? collected.get() : collected.get(limit.toNanos(), NANOSECONDS);
  }

  private static @Nullable Object[] instead(CompletableFuture<?> future) {
    return new @Nullable Object[] {future, null, null, null};
  }

  /**
   * @param consumed whether the body cannot be published a second time
   */
  private static @Nullable Object @Nullable [] admit(
      Meter meter,
      HttpClient client,
      HttpRequest request,
      BodyHandler<?> handler,
      @Nullable PushPromiseHandler<?> pushHandler,
      byte[] body,
      boolean consumed,
      boolean async) {
    Exchange exchange = meter.open(outgoing(request, body));
    try {
      if (exchange == null) {
        return consumed
            ? new @Nullable Object[] {null, null, replaying(request, body, false), handler}
            : null;
      }
      if (exchange.verdict() instanceof Verdict.Refused refused) {
        return instead(RefusedResponse.drive(request, handler, refused));
      }
      if (exchange.verdict() instanceof Waiting waiting) {
        return instead(
            new ThrottledCall<>(client, request, body, consumed, handler, pushHandler)
                .begin(waiting, async));
      }
      HttpRequest toSend = toSend(request, exchange, body, consumed);
      return new @Nullable Object[] {
        null, exchange, toSend, new MeteredHandler<>(handler, exchange)
      };
    } catch (Throwable fault) {
      if (exchange != null) {
        exchange.notSent();
      }
      throw fault;
    }
  }

  static @Nullable Object close(
      @Nullable Object[] entered,
      @Nullable CompletableFuture<HttpResponse<?>> sent,
      @Nullable Throwable thrown) {
    Exchange exchange = (Exchange) entered[1];
    if (exchange != null && thrown != null) {
      exchange.failed(thrown);
    } else if (exchange != null && sent != null) {
      // Beside the caller's future, not in its place: cancelling that one reaches the connection.
      sent.whenComplete(new Settlement(exchange));
    }
    return null;
  }

  /**
   * The request as it is to go out.
   *
   * @param body the request's own, as it was read
   * @param consumed whether it cannot be published a second time
   */
  static HttpRequest toSend(
      HttpRequest request, @Nullable Exchange exchange, byte[] body, boolean consumed) {
    if (exchange != null
        && exchange.verdict() instanceof Verdict.Admitted admitted
        && admitted.body() != null) {
      HttpRequest rewritten = replaying(request, admitted.body(), true);
      return admitted.path() == null ? rewritten : redirected(rewritten, admitted.path());
    }
    return consumed ? replaying(request, body, false) : request;
  }

  /** The request to another path of the same server. */
  private static HttpRequest redirected(HttpRequest request, String path) {
    URI uri = request.uri();
    return HttpRequest.newBuilder(request, (name, value) -> true)
        .uri(URI.create(uri.getScheme() + "://" + uri.getRawAuthority() + path))
        .build();
  }

  /** The request with bytes for a body, framed as before: with a length, or in chunks. */
  static HttpRequest replaying(HttpRequest request, byte[] body, boolean rewritten) {
    long length = request.bodyPublisher().map(BodyPublisher::contentLength).orElse(0L);
    return HttpRequest.newBuilder(request, (name, value) -> true)
        .method(
            request.method(),
            new ReplayedPublisher(body, rewritten && length >= 0 ? body.length : length))
        .build();
  }

  private static OutgoingCall outgoing(HttpRequest request, byte[] body) {
    URI uri = request.uri();
    String path = requireNonNullElse(uri.getRawPath(), "");
    return new OutgoingCall(
        "jdk",
        request.method(),
        requireNonNullElse(uri.getHost(), ""),
        uri.getPort() >= 0 ? uri.getPort() : "http".equalsIgnoreCase(uri.getScheme()) ? 80 : 443,
        uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery(),
        name -> request.headers().firstValue(name).orElse(null),
        body,
        Thread.currentThread().getContextClassLoader());
  }
}
