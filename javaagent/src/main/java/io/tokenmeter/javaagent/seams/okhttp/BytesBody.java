package io.tokenmeter.javaagent.seams.okhttp;

import okhttp3.MediaType;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** A response body in memory. */
final class BytesBody extends ResponseBody {
  private final @Nullable MediaType type;
  private final long length;
  private final Buffer source = new Buffer();

  BytesBody(@Nullable MediaType type, byte[] bytes) {
    this.type = type;
    this.length = bytes.length;
    source.write(bytes);
  }

  @Override
  public @Nullable MediaType contentType() {
    return type;
  }

  @Override
  public long contentLength() {
    return length;
  }

  @Override
  public BufferedSource source() {
    return source;
  }
}
