package io.tokenmeter.javaagent.seams.stainless;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.tokenmeter.engine.Exchange;
import io.tokenmeter.engine.Meter;
import io.tokenmeter.engine.OutgoingCall;
import io.tokenmeter.engine.Verdict;
import io.tokenmeter.engine.Waiting;
import io.tokenmeter.javaagent.runtime.AgentEngine;
import io.tokenmeter.javaagent.runtime.Nesting;
import io.tokenmeter.javaagent.runtime.Resumption;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call as it comes to the libraries' retry loop, from where on it is one call however often it is
 * sent. The state between entering and leaving is an array, for the sake of the woven code: what
 * stands in for sending, the exchange, the request to go on with.
 */
final class StainlessSeam {
  private StainlessSeam() {}

  /**
   * @param asyncOptions what {@code executeAsync} was given beside the request; null for {@code
   *     execute}
   */
  static @Nullable Object @Nullable [] open(
      Object client, @Nullable Object request, @Nullable Object asyncOptions) {
    if (request == null || Nesting.isInside()) {
      return null;
    }
    Library library = Library.of(client);
    Requests requests = library.requests();
    URI url = requests.urlOf(client, request);
    Object body = requests.bodyOf(request);
    if (url == null || body == null) {
      return null;
    }
    Resumption resumed = Resumption.take(request);
    if (resumed != null) {
      return entered(library, request, body, resumed.exchange(), asyncOptions);
    }
    String host = requireNonNullElse(url.getHost(), "");
    String path = requireNonNullElse(url.getRawPath(), "");
    Meter meter = AgentEngine.meterFor(requests.methodOf(request), host, path);
    byte[] bytes = meter == null ? null : requests.read(body);
    if (meter == null || bytes == null) {
      return null;
    }
    Exchange exchange =
        meter.open(
            new OutgoingCall(
                "stainless",
                requests.methodOf(request),
                host,
                portOf(url),
                url.getRawQuery() == null ? path : path + "?" + url.getRawQuery(),
                name -> requests.header(request, name),
                bytes,
                client.getClass().getClassLoader()));
    if (exchange != null && exchange.verdict() instanceof Waiting waiting) {
      if (asyncOptions != null) {
        return new @Nullable Object[] {
          new ThrottledCall(library, client, request, asyncOptions).begin(waiting), null, request
        };
      }
      try {
        exchange = waiting.await(() -> false);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new @Nullable Object[] {library.interrupted(), null, request};
      }
    }
    return entered(library, request, body, exchange, asyncOptions);
  }

  private static @Nullable Object[] entered(
      Library library,
      Object request,
      Object body,
      @Nullable Exchange exchange,
      @Nullable Object asyncOptions) {
    try {
      return exchange == null
          ? begin(body, null, request, asyncOptions != null)
          : follow(library, request, body, exchange, asyncOptions != null);
    } catch (Throwable fault) {
      if (exchange != null) {
        exchange.notSent();
      }
      throw fault;
    }
  }

  private static @Nullable Object[] follow(
      Library library, Object request, Object body, Exchange exchange, boolean async) {
    if (exchange.verdict() instanceof Verdict.Refused refused) {
      Object response = library.responses().refused(refused);
      Object instead = async ? CompletableFuture.completedFuture(response) : response;
      return new @Nullable Object[] {instead, null, request};
    }
    byte[] rewritten =
        exchange.verdict() instanceof Verdict.Admitted admitted ? admitted.body() : null;
    if (rewritten == null) {
      return begin(body, exchange, request, async);
    }
    Object toSend = library.requests().withBody(request, body, rewritten);
    Object newBody = requireNonNull(library.requests().bodyOf(toSend));
    return begin(newBody, exchange, toSend, async);
  }

  /**
   * From here on what this thread sends belongs to this call, and so does whatever carries its body
   * on other threads: only asynchronous calls have those.
   */
  private static @Nullable Object[] begin(
      Object body, @Nullable Exchange exchange, Object request, boolean async) {
    if (async) {
      Nesting.mark(body);
    }
    Nesting.enter();
    return new @Nullable Object[] {null, exchange, request};
  }

  static @Nullable Object close(
      Object client,
      @Nullable Object[] entered,
      @Nullable Object response,
      @Nullable Throwable thrown) {
    Nesting.leave();
    Exchange exchange = (Exchange) entered[1];
    if (exchange == null) {
      return null;
    }
    if (response != null && thrown == null) {
      return metered(client, response, exchange);
    }
    if (thrown != null) {
      exchange.failed(thrown);
    }
    return null;
  }

  static @Nullable Object closeAsync(
      Object client,
      @Nullable Object[] entered,
      @Nullable CompletableFuture<Object> sent,
      @Nullable Throwable thrown) {
    Nesting.leave();
    Exchange exchange = (Exchange) entered[1];
    if (exchange == null) {
      return null;
    }
    if (thrown != null || sent == null) {
      exchange.failed(thrown == null ? new IllegalStateException("no future") : thrown);
      return null;
    }
    return MeteredFuture.of(sent, exchange, response -> metered(client, response, exchange));
  }

  /** If the wrapping fails the application gets the response as it came. */
  private static Object metered(Object client, Object response, Exchange exchange) {
    try {
      return Library.of(client).responses().metered(response, exchange);
    } catch (Throwable fault) {
      exchange.abandoned();
      AgentEngine.fault("stainless response", fault);
      return response;
    }
  }

  private static int portOf(URI url) {
    if (url.getPort() >= 0) {
      return url.getPort();
    }
    return "http".equalsIgnoreCase(url.getScheme()) ? 80 : 443;
  }
}
