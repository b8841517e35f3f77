package io.tokenmeter.javaagent.seams.jdk;

import io.tokenmeter.engine.Exchange;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;

/** Shows the exchange the response's head, and puts {@link MeteredSubscriber} before the body. */
record MeteredHandler<T>(BodyHandler<T> original, Exchange exchange) implements BodyHandler<T> {
  @Override
  public BodySubscriber<T> apply(ResponseInfo response) {
    exchange.responseStarted(
        response.statusCode(), name -> response.headers().firstValue(name).orElse(null));
    BodySubscriber<T> subscriber = original.apply(response);
    return exchange.mayBeCut()
        ? new CuttableSubscriber<>(subscriber, exchange)
        : new MeteredSubscriber<>(subscriber, exchange);
  }
}
