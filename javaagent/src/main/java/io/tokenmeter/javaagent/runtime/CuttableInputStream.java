package io.tokenmeter.javaagent.runtime;

import io.tokenmeter.engine.Exchange;
import io.tokenmeter.engine.Handover;
import java.io.IOException;
import java.io.InputStream;

/**
 * A response's body that a budget may end early. The application reads what the exchange hands
 * over; when it hands over the last, the connection is closed.
 */
final class CuttableInputStream extends InputStream {
  private static final byte[] NOTHING = {};

  private final InputStream body;
  private final Exchange exchange;
  private final byte[] buffer = new byte[8192];
  private byte[] ready = NOTHING;
  private int position;
  private int end;
  private boolean over;

  CuttableInputStream(InputStream body, Exchange exchange) {
    this.body = body;
    this.exchange = exchange;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (position == end) {
      if (over || !fill()) {
        return -1;
      }
    }
    int taken = Math.min(length, end - position);
    System.arraycopy(ready, position, bytes, offset, taken);
    position += taken;
    return taken;
  }

  private boolean fill() throws IOException {
    int read;
    try {
      read = body.read(buffer, 0, buffer.length);
    } catch (IOException | RuntimeException | Error e) {
      exchange.failed(e);
      throw e;
    }
    if (read < 0) {
      exchange.responseEnded();
      return false;
    }
    Handover handover = exchange.handOver(buffer, 0, read);
    ready = handover == null ? buffer : handover.bytes();
    position = 0;
    end = handover == null ? read : ready.length;
    if (handover != null && handover.last()) {
      over = true;
      closeQuietly();
    }
    return true;
  }

  /** The application has its ending; how the connection ends is none of its business. */
  private void closeQuietly() {
    try {
      body.close();
    } catch (IOException | RuntimeException ignored) {
      // nobody is left to care
    }
  }

  @Override
  public int available() throws IOException {
    return position < end ? end - position : over ? 0 : body.available();
  }

  @Override
  public void close() throws IOException {
    exchange.abandoned();
    body.close();
  }
}
