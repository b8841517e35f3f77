package io.tokenmeter.javaagent.seams.okhttp;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for a request's body that was read once already or that was rewritten. It is framed as
 * the original was: with its length, or in chunks.
 */
final class ReplayedBody extends RequestBody {
  private final RequestBody original;
  private final byte[] bytes;
  private final boolean rewritten;

  ReplayedBody(RequestBody original, byte[] bytes, boolean rewritten) {
    this.original = original;
    this.bytes = bytes;
    this.rewritten = rewritten;
  }

  @Override
  public @Nullable MediaType contentType() {
    return original.contentType();
  }

  @Override
  public long contentLength() throws IOException {
    long length = original.contentLength();
    return rewritten && length >= 0 ? bytes.length : length;
  }

  /** As the original: OkHttp does not repeat a one-shot request, and neither would it now. */
  @Override
  public boolean isOneShot() {
    return original.isOneShot();
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    sink.write(bytes);
  }
}
