package io.tokenmeter.javaagent.seams.okhttp;

import io.tokenmeter.engine.Exchange;
import io.tokenmeter.engine.Handover;
import java.io.IOException;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.ForwardingSource;

/**
 * A body that a budget may end early. The application reads what the exchange hands over; when it
 * hands over the last, the connection is closed.
 */
final class CuttableSource extends ForwardingSource {
  private static final long CHUNK = 8192;

  private final Exchange exchange;
  private final Buffer arrived = new Buffer();
  private final Buffer ready = new Buffer();
  private boolean over;

  CuttableSource(ResponseBody body, Exchange exchange) {
    super(body.source());
    this.exchange = exchange;
  }

  @Override
  public long read(Buffer sink, long byteCount) throws IOException {
    while (ready.size() == 0) {
      if (over || !fill()) {
        return -1;
      }
    }
    return ready.read(sink, byteCount);
  }

  private boolean fill() throws IOException {
    long read;
    try {
      read = super.read(arrived, CHUNK);
    } catch (IOException | RuntimeException | Error e) {
      exchange.failed(e);
      throw e;
    }
    if (read < 0) {
      exchange.responseEnded();
      return false;
    }
    byte[] bytes = arrived.readByteArray();
    Handover handover = exchange.handOver(bytes, 0, bytes.length);
    ready.write(handover == null ? bytes : handover.bytes());
    if (handover != null && handover.last()) {
      over = true;
      closeQuietly();
    }
    return true;
  }

  /** The application has its ending; how the connection ends is none of its business. */
  private void closeQuietly() {
    try {
      super.close();
    } catch (IOException | RuntimeException ignored) {
      // nobody is left to care
    }
  }

  @Override
  public void close() throws IOException {
    exchange.abandoned();
    super.close();
  }
}
