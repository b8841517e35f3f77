package io.tokenmeter.benchmarks.agent;

import java.util.Locale;

/**
 * What the server needs to know of an HTTP request.
 *
 * @param contentLength bytes that follow the head
 * @param streamed whether the client wants server-sent events
 * @param traced whether a tracing agent has marked the request
 */
record RequestHead(int contentLength, boolean streamed, boolean traced) {
  /** The header by which a client asks for a stream: the server does not read bodies. */
  static final String STREAM_HEADER = "x-benchmark-stream";

  /**
   * @param head the request line and the headers
   * @throws IllegalArgumentException if it does not state its length
   */
  static RequestHead parse(String head) {
    int contentLength = -1;
    boolean streamed = false;
    boolean traced = false;
    for (String line : head.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        continue;
      }
      switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "content-length" ->
            contentLength = Integer.parseInt(line.substring(colon + 1).strip());
        case STREAM_HEADER -> streamed = true;
        case "traceparent" -> traced = true;
        default -> {}
      }
    }
    if (contentLength < 0) {
      throw new IllegalArgumentException("a request without Content-Length");
    }
    return new RequestHead(contentLength, streamed, traced);
  }
}
