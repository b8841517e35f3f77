package io.tokenmeter.javaagent.runtime;

import io.tokenmeter.engine.Exchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A response's body on its way to the application; the exchange sees what the application reads.
 */
public final class MeteredInputStream extends FilterInputStream {
  private static final int SKIP_BUFFER = 2048;

  private final long bodyLength;
  private final Exchange exchange;
  private long passed;

  /** The body as the exchange sees it pass, once its head is known. */
  public static InputStream of(InputStream body, long length, Exchange exchange) {
    return exchange.mayBeCut()
        ? new CuttableInputStream(body, exchange)
        : new MeteredInputStream(body, length, exchange);
  }

  /**
   * @param length of the body, by which the end is known before it is asked for; negative if
   *     unknown
   */
  private MeteredInputStream(InputStream body, long length, Exchange exchange) {
    super(body);
    this.bodyLength = length;
    this.exchange = exchange;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read;
    try {
      read = in.read(bytes, offset, length);
    } catch (IOException | RuntimeException | Error e) {
      exchange.failed(e);
      throw e;
    }
    if (read > 0) {
      exchange.responseBytes(bytes, offset, read);
      passed += read;
    }
    if (read < 0 || passed == bodyLength) {
      exchange.responseEnded();
    }
    return read;
  }

  /** Reads on: bytes that are skipped are paid for as well. */
  @Override
  public long skip(long count) throws IOException {
    byte[] buffer = new byte[(int) Math.max(0, Math.min(count, SKIP_BUFFER))];
    long left = count;
    while (left > 0) {
      int read = read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        break;
      }
      left -= read;
    }
    return Math.max(0, count - left);
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public synchronized void mark(int limit) {}

  @Override
  public synchronized void reset() throws IOException {
    throw new IOException("mark/reset not supported");
  }

  @Override
  public void close() throws IOException {
    exchange.abandoned();
    super.close();
  }
}
