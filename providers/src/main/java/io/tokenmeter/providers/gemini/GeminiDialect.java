package io.tokenmeter.providers.gemini;

import io.tokenmeter.providers.Dialect;
import io.tokenmeter.providers.LlmRequest;
import io.tokenmeter.providers.Operation;
import io.tokenmeter.providers.ResponseReader;
import io.tokenmeter.providers.wire.BodyReader;
import io.tokenmeter.providers.wire.FoldedBody;
import io.tokenmeter.providers.wire.Json;
import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.RequestDraft;
import io.tokenmeter.providers.wire.Rewrite;
import io.tokenmeter.tokenizers.RequestCounters;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One method of a Gemini model. The path names the model and says whether the answer streams. */
record GeminiDialect(String provider, GeminiMethod method) implements Dialect {
  private static final FoldedBody.Layout LAYOUT =
      new FoldedBody.Layout(
          false,
          Set.of("contents", "tools"),
          Set.of("systemInstruction", "system_instruction"),
          FoldedBody.Marks.NONE);

  private static final Rewrite.LimitField LIMIT =
      new Rewrite.LimitField(
          List.of("generationConfig", "generation_config"),
          List.of("maxOutputTokens", "max_output_tokens"));

  @Override
  public Operation operation() {
    return method.operation();
  }

  @Override
  public @Nullable LlmRequest readRequest(String path, byte[] body, RequestCounters counters) {
    String model = modelIn(path);
    FoldedBody folded =
        operation() == Operation.EMBEDDINGS
            ? FoldedBody.whole(body)
            : FoldedBody.of(body, LAYOUT, provider, model, counters);
    return JsonCursor.<LlmRequest>read(
        folded,
        json -> {
          RequestDraft draft = new RequestDraft(folded.remembered());
          draft.modelIfUnnamed(model);
          draft.streaming(method == GeminiMethod.STREAM);
          if (method.operation() == Operation.EMBEDDINGS) {
            GeminiEmbedRequest.read(json, draft);
          } else {
            GeminiRequest.read(json, draft);
          }
          return draft.toRequest(provider, method.operation());
        });
  }

  /** What stands between the last slash and the method's colon. */
  private static @Nullable String modelIn(String path) {
    int query = path.indexOf('?');
    int colon = path.lastIndexOf(':', query < 0 ? path.length() : query);
    int slash = path.lastIndexOf('/', Math.max(colon, 0));
    return colon > slash + 1 ? path.substring(slash + 1, colon) : null;
  }

  @Override
  public ResponseReader responseReader(
      int status, @Nullable String contentType, Consumer<? super CharSequence> output) {
    return new BodyReader<>(GeminiAnswer.SHAPE, new GeminiAnswer(status, output));
  }

  @Override
  public byte[] refusalBody(String message) {
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeObjectFieldStart("error");
          json.writeNumberField("code", 429);
          json.writeStringField("message", message);
          json.writeStringField("status", "RESOURCE_EXHAUSTED");
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  /** Null for another model, since the path names it, and for a limit to an embedding. */
  @Override
  public byte @Nullable [] rewrite(byte[] body, @Nullable String model, long maxOutputTokens) {
    boolean limited = maxOutputTokens != LlmRequest.UNLIMITED;
    if (model != null || (limited && operation() == Operation.EMBEDDINGS)) {
      return null;
    }
    return Rewrite.apply(body, null, maxOutputTokens, LIMIT);
  }
}
