package io.tokenmeter.benchmarks.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import jdk.net.ExtendedSocketOptions;

/**
 * What a connection sends, acknowledged at once. A client that leaves Nagle's algorithm on, as
 * OkHttp does, writes a 64 KB request in pieces that are smaller than loopback's segments, and each
 * piece waits for the acknowledgement of the one before: 40 ms, if the kernel delays that.
 */
final class PromptlyAcknowledged extends InputStream {
  private final Socket connection;
  private final InputStream in;
  private final boolean supported;

  PromptlyAcknowledged(Socket connection) throws IOException {
    this.connection = connection;
    this.in = connection.getInputStream();
    this.supported = connection.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK);
  }

  @Override
  public int read() {
    throw new UnsupportedOperationException("requests are read in bulk");
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (supported) {
      // The kernel falls back to delaying on its own, so this is said before every read.
      connection.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
    }
    return in.read(bytes, offset, length);
  }
}
