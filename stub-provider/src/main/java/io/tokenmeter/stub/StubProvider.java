package io.tokenmeter.stub;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * All providers behind one loopback port: answers whatever is asked, as scripted, and remembers
 * every request. Thread-safe.
 */
public final class StubProvider implements AutoCloseable {
  private static final Reply UNSCRIPTED = Reply.failure(418, "the stub has no script");

  private final RepliesTransformer replies = new RepliesTransformer(request -> UNSCRIPTED);
  private final WireMockServer server;

  private StubProvider(WireMockConfiguration configuration) {
    server =
        new WireMockServer(
            configuration.bindAddress("127.0.0.1").gzipDisabled(true).extensions(replies));
  }

  /** Starts a stub on a free port. */
  public static StubProvider start() {
    return start(wireMockConfig().dynamicPort());
  }

  /**
   * The same over TLS, with a certificate that nobody knows; speaks HTTP/2 with who asks for it.
   */
  public static StubProvider startSecure() {
    return start(wireMockConfig().dynamicPort().dynamicHttpsPort());
  }

  private static StubProvider start(WireMockConfiguration configuration) {
    StubProvider stub = new StubProvider(configuration);
    stub.server.start();
    stub.server.stubFor(any(anyUrl()).willReturn(aResponse()));
    return stub;
  }

  /** {@code http://127.0.0.1:PORT}, to be used as any provider's base URL. */
  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /** {@code https://127.0.0.1:PORT}, of a secure stub. */
  public String secureUrl() {
    return "https://127.0.0.1:" + server.httpsPort();
  }

  /** Forgets all requests, and replies with these one after another, with the last one for good. */
  public void script(Reply first, Reply... next) {
    AtomicInteger served = new AtomicInteger();
    script(
        request -> {
          int index = Math.min(served.getAndIncrement(), next.length);
          return index == 0 ? first : next[index - 1];
        });
  }

  /** Forgets all requests, and replies to each as {@code script} says. */
  public void script(Function<ModelRequest, Reply> script) {
    server.resetRequests();
    replies.script(script);
  }

  /** Every request since the last script, in the order of arrival; other paths' left out. */
  public List<ModelRequest> requests() {
    return replies.requests();
  }

  @Override
  public void close() {
    server.stop();
  }
}
