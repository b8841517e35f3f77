package io.tokenmeter.benchmarks.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the requests of one connection whole, one after the other; no pipelining. */
final class RequestReader {
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(ISO_8859_1);

  private final InputStream in;
  private byte[] buffer = new byte[128 * 1024];
  private int filled;

  RequestReader(InputStream in) {
    this.in = in;
  }

  /** Returns null when the client has closed the connection between two requests. */
  @Nullable RequestHead next() throws IOException {
    filled = 0;
    int headLength = -1;
    while (headLength < 0) {
      if (!fill()) {
        return null;
      }
      headLength = headLength();
    }
    RequestHead head = RequestHead.parse(new String(buffer, 0, headLength, ISO_8859_1));
    while (filled < headLength + head.contentLength()) {
      if (!fill()) {
        throw new EOFException("the client closed the connection inside a request");
      }
    }
    return head;
  }

  private boolean fill() throws IOException {
    if (filled == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int read = in.read(buffer, filled, buffer.length - filled);
    if (read < 0) {
      return false;
    }
    filled += read;
    return true;
  }

  private int headLength() {
    for (int end = HEAD_END.length; end <= filled; end++) {
      if (Arrays.equals(buffer, end - HEAD_END.length, end, HEAD_END, 0, HEAD_END.length)) {
        return end;
      }
    }
    return -1;
  }
}
