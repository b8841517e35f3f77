package io.tokenmeter.javaagent.seams.jdk;

import io.tokenmeter.engine.Verdict;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSession;

/**
 * The answer to a call that was not sent. Its status is 402, Payment Required: several libraries on
 * the JDK's client repeat a call that gets a 429, whatever its headers say.
 */
record RefusedResponse<T>(HttpRequest request, HttpHeaders headers, T body)
    implements HttpResponse<T> {
  private static final int PAYMENT_REQUIRED = 402;

  /** Feeds the refusal's body to the caller's own handler. */
  static <T> CompletableFuture<HttpResponse<T>> drive(
      HttpRequest request, BodyHandler<T> handler, Verdict.Refused refused) {
    HttpHeaders headers =
        HttpHeaders.of(
            Map.of(
                "content-type", List.of(refused.contentType()),
                "content-length", List.of(Integer.toString(refused.body().length)),
                "x-should-retry", List.of("false")),
            (name, value) -> true);
    try {
      BodySubscriber<T> subscriber = handler.apply(new Head(headers));
      subscriber.onSubscribe(new RefusalSubscription(subscriber, refused.body()));
      return subscriber
          .getBody()
          .<HttpResponse<T>>thenApply(body -> new RefusedResponse<>(request, headers, body))
          .toCompletableFuture();
    } catch (Throwable thrownByHandler) {
      // As the client does with what a handler throws; the call stays refused.
      return CompletableFuture.failedFuture(thrownByHandler);
    }
  }

  private record Head(HttpHeaders headers) implements ResponseInfo {
    @Override
    public int statusCode() {
      return PAYMENT_REQUIRED;
    }

    @Override
    public Version version() {
      return Version.HTTP_1_1;
    }
  }

  @Override
  public int statusCode() {
    return PAYMENT_REQUIRED;
  }

  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return Optional.empty();
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return Optional.empty();
  }

  @Override
  public URI uri() {
    return request.uri();
  }

  @Override
  public Version version() {
    return Version.HTTP_1_1;
  }
}
