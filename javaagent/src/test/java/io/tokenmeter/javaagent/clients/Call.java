package io.tokenmeter.javaagent.clients;

import io.tokenmeter.stub.Tokens;
import org.jspecify.annotations.Nullable;

/**
 * A way in which a program calls a model, and how the call log is to name it.
 *
 * @param mode the program's name for it
 * @param kind what is called
 * @param streaming whether the answer comes as a stream
 * @param usageReported whether the provider reports usage to this client
 */
record Call(String mode, Kind kind, boolean streaming, boolean usageReported) {

  /** What can be called, with a model whose budget is ample and one whose budget is too small. */
  enum Kind {
    CHAT("openai", "chat", "gpt-4o-mini", "gpt-4o"),
    RESPONSES("openai", "chat", "gpt-4o-mini", "gpt-4o"),
    EMBEDDINGS("openai", "embeddings", "text-embedding-3-small", "text-embedding-3-large"),
    MESSAGES("anthropic", "chat", "claude-sonnet-4-5", "claude-opus-4-1"),
    GENERATE("gcp.gemini", "generate_content", "gemini-2.5-flash", "gemini-2.5-pro"),
    EMBED_CONTENT("gcp.gemini", "embeddings", "gemini-embedding-001", "gemini-embedding-2");

    final String provider;
    final String operation;
    final String model;
    final String dearModel;

    Kind(String provider, String operation, String model, String dearModel) {
      this.provider = provider;
      this.operation = operation;
      this.model = model;
      this.dearModel = dearModel;
    }

    /** Whether the answer is vectors; all others are text. */
    boolean isEmbedding() {
      return operation.equals("embeddings");
    }

    /** Null where the provider does not say which model answered. */
    @Nullable String responseModel() {
      return this == EMBED_CONTENT ? null : model;
    }

    /** Distinctive figures, in every class that this API has. */
    Tokens tokens() {
      return switch (this) {
        case CHAT, RESPONSES -> new Tokens(1234, 1024, 0, 321, 64);
        case EMBEDDINGS, EMBED_CONTENT -> new Tokens(77, 0, 0, 0, 0);
        case MESSAGES -> new Tokens(2345, 1100, 200, 123, 0);
        case GENERATE -> new Tokens(3456, 512, 0, 234, 55);
      };
    }
  }

  static Call plain(String mode, Kind kind) {
    return new Call(mode, kind, false, true);
  }

  /** A call whose answer says nothing of usage, so that it is counted locally. */
  static Call plainWithoutUsage(String mode, Kind kind) {
    return new Call(mode, kind, false, false);
  }

  static Call stream(String mode, Kind kind) {
    return new Call(mode, kind, true, true);
  }

  /** A stream in whose events this client gets no usage, so that it is counted locally. */
  static Call streamWithoutUsage(String mode, Kind kind) {
    return new Call(mode, kind, true, false);
  }

  @Override
  public String toString() {
    return mode;
  }
}
