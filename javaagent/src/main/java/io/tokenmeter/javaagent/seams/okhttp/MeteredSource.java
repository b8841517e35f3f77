package io.tokenmeter.javaagent.seams.okhttp;

import io.tokenmeter.engine.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.ForwardingSource;

/** Shows the exchange what passes from the network to the application, without a copy. */
final class MeteredSource extends ForwardingSource {
  private final Exchange exchange;
  private final OutputStream window;
  private final long length;
  private long passed;

  MeteredSource(ResponseBody body, Exchange exchange) {
    super(body.source());
    this.exchange = exchange;
    this.length = body.contentLength();
    this.window = new Window(exchange);
  }

  @Override
  public long read(Buffer sink, long byteCount) throws IOException {
    long read;
    try {
      read = super.read(sink, byteCount);
    } catch (IOException | RuntimeException | Error e) {
      exchange.failed(e);
      throw e;
    }
    if (read > 0) {
      sink.copyTo(window, sink.size() - read, read);
      passed += read;
    }
    // A reader that knows the length may never ask for the end.
    if (read < 0 || passed == length) {
      exchange.responseEnded();
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    exchange.abandoned();
    super.close();
  }

  /** Where Okio shows the bytes of its segments. */
  private static final class Window extends OutputStream {
    private final Exchange exchange;

    Window(Exchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public void write(int one) {
      exchange.responseBytes(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      exchange.responseBytes(bytes, offset, length);
    }
  }
}
