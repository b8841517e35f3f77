package io.tokenmeter.providers.openai;

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

/**
 * One endpoint of OpenAI as one provider offers it.
 *
 * @param modelInPath whether the path names the model, whatever the body says
 */
record OpenAiDialect(String provider, OpenAiEndpoint endpoint, boolean modelInPath)
    implements Dialect {
  private static final FoldedBody.Layout LAYOUT =
      new FoldedBody.Layout(
          true,
          Set.of("messages", "input", "tools", "functions"),
          Set.of("instructions"),
          FoldedBody.Marks.NONE);

  @Override
  public Operation operation() {
    return endpoint.operation();
  }

  @Override
  public @Nullable LlmRequest readRequest(String path, byte[] body, RequestCounters counters) {
    String deployment = AzurePath.deployment(path);
    FoldedBody folded =
        endpoint.hasHistory()
            ? FoldedBody.of(body, LAYOUT, provider, deployment, counters)
            : FoldedBody.whole(body);
    return JsonCursor.<LlmRequest>read(
        folded,
        json -> {
          RequestDraft draft = new RequestDraft(folded.remembered());
          endpoint.read(json, draft);
          draft.modelIfUnnamed(deployment);
          return draft.toRequest(provider, endpoint.operation());
        });
  }

  @Override
  public ResponseReader responseReader(
      int status, @Nullable String contentType, Consumer<? super CharSequence> output) {
    return endpoint == OpenAiEndpoint.RESPONSES
        ? new BodyReader<>(ResponsesAnswer.SHAPE, new ResponsesAnswer(status, output))
        : new BodyReader<>(OpenAiAnswer.CHAT, new OpenAiAnswer(status, output));
  }

  @Override
  public byte[] refusalBody(String message) {
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeObjectFieldStart("error");
          json.writeStringField("message", message);
          json.writeStringField("type", "insufficient_quota");
          json.writeNullField("param");
          json.writeStringField("code", "insufficient_quota");
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  /** Null also for another model where the path names it, and for a limit to an embedding. */
  @Override
  public byte @Nullable [] rewrite(byte[] body, @Nullable String model, long maxOutputTokens) {
    List<String> limits = endpoint.limits(provider);
    if ((modelInPath && model != null)
        || (limits.isEmpty() && maxOutputTokens != LlmRequest.UNLIMITED)) {
      return null;
    }
    return Rewrite.apply(body, model, maxOutputTokens, new Rewrite.LimitField(List.of(), limits));
  }
}
