package io.tokenmeter.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The bodies of requests, which some clients compress. */
final class RequestBody {
  /** One that inflates beyond this is not read. */
  private static final int MAX_INFLATED_BYTES = 64 << 20;

  private RequestBody() {}

  /** What the call sends, uncompressed; null if it cannot be read. */
  static byte @Nullable [] plain(OutgoingCall call) {
    return isGzip(call) ? inflate(call.body()) : call.body();
  }

  /** Another body for the call, compressed as its own one is. */
  static byte[] asSent(OutgoingCall call, byte[] plain) throws IOException {
    return isGzip(call) ? gzip(plain) : plain;
  }

  private static boolean isGzip(OutgoingCall call) {
    String encoding = call.header().apply("content-encoding");
    return encoding != null && encoding.trim().equalsIgnoreCase("gzip");
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(plain.length / 2 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    }
    return bytes.toByteArray();
  }

  private static byte @Nullable [] inflate(byte[] gzip) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      byte[] inflated = in.readNBytes(MAX_INFLATED_BYTES);
      return in.read() < 0 ? inflated : null;
    } catch (IOException broken) {
      return null;
    }
  }
}
