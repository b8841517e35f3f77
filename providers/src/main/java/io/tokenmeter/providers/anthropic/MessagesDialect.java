package io.tokenmeter.providers.anthropic;

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
import io.tokenmeter.tokenizers.RememberedParts;
import io.tokenmeter.tokenizers.RequestCounters;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/messages} as one provider offers it. */
record MessagesDialect(String provider) implements Dialect {
  private static final FoldedBody.Layout LAYOUT =
      new FoldedBody.Layout(
          true, Set.of("messages", "tools"), Set.of("system"), CacheControl::marks);

  private static final Rewrite.LimitField LIMIT =
      new Rewrite.LimitField(List.of(), List.of("max_tokens"));

  @Override
  public Operation operation() {
    return Operation.CHAT;
  }

  @Override
  public @Nullable LlmRequest readRequest(String path, byte[] body, RequestCounters counters) {
    FoldedBody folded = FoldedBody.of(body, LAYOUT, provider, null, counters);
    RememberedParts remembered = folded.remembered();
    return JsonCursor.<LlmRequest>read(
        folded,
        json -> {
          RequestDraft draft = new RequestDraft(remembered);
          MessagesRequest.read(json, draft);
          int marks = CacheControl.marks(folded.body(), 0, folded.body().length);
          draft.dearestInput(
              CacheControl.dearestInput(remembered == null ? marks : marks | remembered.marks()));
          return draft.toRequest(provider(), operation());
        });
  }

  @Override
  public ResponseReader responseReader(
      int status, @Nullable String contentType, Consumer<? super CharSequence> output) {
    return new BodyReader<>(MessagesAnswer.SHAPE, new MessagesAnswer(status, output));
  }

  @Override
  public byte[] refusalBody(String message) {
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeStringField("type", "error");
          json.writeObjectFieldStart("error");
          json.writeStringField("type", "rate_limit_error");
          json.writeStringField("message", message);
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  /** Null also where the limit would not leave room for the thinking that the request asks for. */
  @Override
  public byte @Nullable [] rewrite(byte[] body, @Nullable String model, long maxOutputTokens) {
    if (maxOutputTokens != LlmRequest.UNLIMITED && maxOutputTokens <= thinkingBudget(body)) {
      return null;
    }
    return Rewrite.apply(body, model, maxOutputTokens, LIMIT);
  }

  /** Anthropic refuses a request whose {@code max_tokens} is not above its thinking budget. */
  private static long thinkingBudget(byte[] body) {
    Long budget =
        JsonCursor.<Long>read(
            body,
            root -> {
              long[] found = {-1};
              root.eachField(
                  name -> {
                    if (name.equals("thinking") && root.isObject()) {
                      root.eachField(
                          field -> {
                            if (field.equals("budget_tokens")) {
                              found[0] = root.number(-1);
                            }
                          });
                    }
                  });
              return found[0];
            });
    return budget == null ? -1 : budget;
  }
}
