package io.tokenmeter.javaagent.seams.okhttp;

import io.tokenmeter.engine.Exchange;
import okhttp3.MediaType;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/** A response's body on its way to the application. */
final class MeteredBody extends ResponseBody {
  private final ResponseBody original;
  private final BufferedSource source;
  private final boolean cuttable;

  MeteredBody(ResponseBody original, Exchange exchange) {
    this.original = original;
    this.cuttable = exchange.mayBeCut();
    ForwardingSource metered =
        cuttable ? new CuttableSource(original, exchange) : new MeteredSource(original, exchange);
    exchange.watch(metered);
    this.source = Okio.buffer(metered);
  }

  @Override
  public @Nullable MediaType contentType() {
    return original.contentType();
  }

  /** Not known of a body that may end early. */
  @Override
  public long contentLength() {
    return cuttable ? -1 : original.contentLength();
  }

  @Override
  public BufferedSource source() {
    return source;
  }
}
