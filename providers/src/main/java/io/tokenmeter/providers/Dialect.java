package io.tokenmeter.providers;

import io.tokenmeter.tokenizers.RequestCounters;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One operation of one provider as it stands on the wire. Stateless and thread-safe. */
public interface Dialect {
  /** As in OpenTelemetry's {@code gen_ai.provider.name}. */
  String provider();

  Operation operation();

  /**
   * Understands a request.
   *
   * @param path the URL's path and query, which in some dialects name the model and the streaming
   * @param body the request's body, uncompressed
   * @param counters one of which is to count the request; parts that it remembers are not read
   * @return null if the body is not a request of this dialect
   */
  @Nullable LlmRequest readRequest(String path, byte[] body, RequestCounters counters);

  /** Understands a request, all of it. */
  default @Nullable LlmRequest readRequest(String path, byte[] body) {
    return readRequest(path, body, RequestCounters.builtIn());
  }

  /**
   * A reader for the response.
   *
   * @param status the HTTP status
   * @param contentType the header's value, null if there was none; tells a stream from a plain body
   * @param output receives the text that the model produced (answers, tool arguments, visible
   *     reasoning) piece by piece, to be counted where no usage is reported
   */
  ResponseReader responseReader(
      int status, @Nullable String contentType, Consumer<? super CharSequence> output);

  /**
   * The body by which this provider says that a quota is used up; clients turn it into their own
   * exception, with {@code message} in it.
   */
  byte[] refusalBody(String message);

  /**
   * The request with another model or a smaller limit to its output, all else byte for byte where
   * possible.
   *
   * @param model null to keep it
   * @param maxOutputTokens {@link LlmRequest#UNLIMITED} to keep it
   * @return null if the body cannot be rewritten (in some dialects the model stands in the path)
   */
  byte @Nullable [] rewrite(byte[] body, @Nullable String model, long maxOutputTokens);
}
