package io.tokenmeter.javaagent.seams.okhttp;

import io.tokenmeter.engine.Exchange;
import okhttp3.MediaType;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/** A response's body on its way to the application. */
final class MeteredBody extends ResponseBody {
  private final ResponseBody original;
  private final BufferedSource source;

  MeteredBody(ResponseBody original, Exchange exchange) {
    this.original = original;
    MeteredSource metered = new MeteredSource(original, exchange);
    exchange.watch(metered);
    this.source = Okio.buffer(metered);
  }

  @Override
  public @Nullable MediaType contentType() {
    return original.contentType();
  }

  @Override
  public long contentLength() {
    return original.contentLength();
  }

  @Override
  public BufferedSource source() {
    return source;
  }
}
