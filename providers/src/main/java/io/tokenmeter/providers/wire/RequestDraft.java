package io.tokenmeter.providers.wire;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.providers.LlmRequest;
import io.tokenmeter.providers.Operation;
import io.tokenmeter.tokenizers.ContentDigest;
import io.tokenmeter.tokenizers.Prompt;
import io.tokenmeter.tokenizers.RememberedParts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request as far as it has been read. Not thread-safe. */
public final class RequestDraft {
  /** Of a model's name, and of a response's id, which go into logs and metrics. */
  static final int LONGEST_NAME = 256;

  private final @Nullable RememberedParts remembered;
  private final List<Prompt.Message> messages = new ArrayList<>();
  private final List<Prompt.Tool> tools = new ArrayList<>();
  private @Nullable String model;
  private boolean streaming;
  private long maxOutputTokens = LlmRequest.UNLIMITED; // which is negative
  private long choices = 1;
  private TokenClass dearestInput = TokenClass.UNCACHED_INPUT;
  private boolean toolChoiceForced;
  private @Nullable String responseSchema;

  /** The part of the request that is being read. */
  private @Nullable ContentDigest part;

  /**
   * @param remembered the parts that are not in the body any more
   */
  public RequestDraft(@Nullable RememberedParts remembered) {
    this.remembered = remembered;
  }

  /**
   * Reads the value that the cursor stands on: all messages and tools that come of it are one part
   * of the request, which may be remembered.
   */
  public void part(JsonCursor json, JsonCursor.ElementReader reader) throws IOException {
    part = json.digest();
    reader.read();
    part = null;
  }

  public void model(String name) {
    model = name;
  }

  /** The model that the path names, where the body named none. */
  public void modelIfUnnamed(@Nullable String name) {
    model = model == null ? name : model;
  }

  public void streaming(boolean asked) {
    streaming = asked;
  }

  /**
   * The most tokens of one answer. What is negative states no limit; of several limits the largest
   * counts.
   */
  public void maxOutputTokens(long tokens) {
    maxOutputTokens = Math.max(maxOutputTokens, tokens);
  }

  /** How many answers are asked for; the largest of several statements counts. */
  public void choices(long asked) {
    choices = Math.max(choices, Math.min(Integer.MAX_VALUE, asked));
  }

  /** So many prompts are answered, each as often as asked. */
  public void eachOf(int prompts) {
    choices *= Math.max(1, prompts);
  }

  /** The class with the highest price that the input can be billed in. */
  public void dearestInput(TokenClass tokenClass) {
    dearestInput = tokenClass;
  }

  public void message(String role, @Nullable String name, List<Prompt.Part> parts) {
    messages.add(new Prompt.Message(role, name, List.copyOf(parts), part));
  }

  public void tool(Prompt.Tool tool) {
    tools.add(new Prompt.Tool(tool.name(), tool.description(), tool.parametersJson(), part));
  }

  public void toolChoiceForced(boolean forced) {
    toolChoiceForced = forced;
  }

  public void responseSchema(String json) {
    responseSchema = json;
  }

  /** The request, if it names a model. */
  public LlmRequest toRequest(String provider, Operation operation) throws IOException {
    if (model == null || model.isEmpty() || model.length() > LONGEST_NAME) {
      throw new JsonCursor.Mismatch();
    }
    return new LlmRequest(
        provider,
        operation,
        model,
        streaming,
        maxOutputTokens,
        (int) Math.min(Integer.MAX_VALUE, choices),
        dearestInput,
        new Prompt(
            List.copyOf(messages),
            List.copyOf(tools),
            toolChoiceForced,
            responseSchema,
            remembered));
  }
}
