package io.tokenmeter.tokenizers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request sends to a model, whatever its wire dialect: the neutral description that {@link
 * RequestCounter} counts.
 *
 * @param messages in the order in which they are sent; system text is a message of role {@code
 *     system}
 * @param tools the functions that the model may call
 * @param toolChoiceForced whether the model must call a tool ({@code required}, {@code any}, a
 *     named one)
 * @param responseSchema the JSON schema that the answer must follow, as compact JSON text
 * @param remembered parts that are in none of these lists because the model's counter remembers
 *     them; null for none
 */
public record Prompt(
    List<Message> messages,
    List<Tool> tools,
    boolean toolChoiceForced,
    @Nullable String responseSchema,
    @Nullable RememberedParts remembered) {

  /** A prompt of which nothing is remembered. */
  public Prompt(
      List<Message> messages,
      List<Tool> tools,
      boolean toolChoiceForced,
      @Nullable String responseSchema) {
    this(messages, tools, toolChoiceForced, responseSchema, null);
  }

  /** A prompt of plain texts without any framing, as embeddings send them. */
  public static Prompt ofTexts(List<? extends CharSequence> texts) {
    List<Message> messages =
        texts.stream().map(text -> new Message("", null, List.<Part>of(new Text(text)))).toList();
    return new Prompt(messages, List.of(), false, null);
  }

  /**
   * One message.
   *
   * @param role as on the wire; empty where the dialect has none
   * @param name the participant's name, where one is sent
   * @param digest of the part of the request that the message stands in, by which its count is to
   *     be remembered; null if it is not
   */
  public record Message(
      String role, @Nullable String name, List<Part> parts, @Nullable ContentDigest digest) {
    /** A message whose count is not remembered. */
    public Message(String role, @Nullable String name, List<Part> parts) {
      this(role, name, parts, null);
    }
  }

  /**
   * A function that the model may call.
   *
   * @param parametersJson its JSON schema as compact JSON text; empty where there is none
   * @param digest as of a {@link Message}
   */
  public record Tool(
      String name, String description, String parametersJson, @Nullable ContentDigest digest) {
    /** A tool whose count is not remembered. */
    public Tool(String name, String description, String parametersJson) {
      this(name, description, parametersJson, null);
    }
  }

  /** A piece of a message. */
  public sealed interface Part permits Text, TokenIds, Image, Audio, File, ToolCall {}

  /** Text, of a tool's result too. */
  public record Text(CharSequence text) implements Part {}

  /** Text that the caller encoded itself (embeddings accept token ids). */
  public record TokenIds(long count) implements Part {}

  /** An image, in pixels; width and height are 0 where only a URL is known. */
  public record Image(int width, int height, Detail detail) implements Part {
    /** How closely the model is asked to look. */
    public enum Detail {
      AUTO,
      LOW,
      HIGH,
      /** As large as it is, where the model can. */
      ORIGINAL
    }
  }

  /** Audio of so many encoded bytes. */
  public record Audio(long bytes) implements Part {}

  /** A document of so many encoded bytes; 0 where only a reference is known. */
  public record File(String mediaType, long bytes) implements Part {}

  /** A call that the model made earlier and that is sent back to it. */
  public record ToolCall(String name, CharSequence argumentsJson) implements Part {}
}
