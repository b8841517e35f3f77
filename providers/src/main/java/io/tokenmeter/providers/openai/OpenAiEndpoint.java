package io.tokenmeter.providers.openai;

import io.tokenmeter.providers.Operation;
import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.KnownHosts;
import io.tokenmeter.providers.wire.RequestDraft;
import java.io.IOException;
import java.util.List;

/** The endpoints, longest path first where one ends like another. */
enum OpenAiEndpoint {
  CHAT_COMPLETIONS("/chat/completions", Operation.CHAT),
  RESPONSES("/responses", Operation.CHAT),
  EMBEDDINGS("/embeddings", Operation.EMBEDDINGS),
  COMPLETIONS("/completions", Operation.TEXT_COMPLETION);

  private final String path;
  private final Operation operation;

  OpenAiEndpoint(String path, Operation operation) {
    this.path = path;
    this.operation = operation;
  }

  /** What the path of a call to it ends with. */
  String path() {
    return path;
  }

  Operation operation() {
    return operation;
  }

  /** Whether a request repeats what earlier ones said. */
  boolean hasHistory() {
    return operation == Operation.CHAT;
  }

  void read(JsonCursor json, RequestDraft draft) throws IOException {
    switch (this) {
      case CHAT_COMPLETIONS -> ChatRequest.read(json, draft);
      case RESPONSES -> ResponsesRequest.read(json, draft);
      case EMBEDDINGS -> TextsRequest.readEmbeddings(json, draft);
      case COMPLETIONS -> TextsRequest.readCompletion(json, draft);
    }
  }

  /** The names of the limit to output, the one to add first; empty if there is none. */
  List<String> limits(String provider) {
    return switch (this) {
      case CHAT_COMPLETIONS ->
          // OpenAI's reasoning models refuse the old name; other providers may not know the new.
          provider.equals(OpenAiDialects.OPENAI) || provider.equals(KnownHosts.AZURE_OPENAI)
              ? List.of("max_completion_tokens", "max_tokens")
              : List.of("max_tokens", "max_completion_tokens");
      case RESPONSES -> List.of("max_output_tokens");
      case COMPLETIONS -> List.of("max_tokens");
      case EMBEDDINGS -> List.of();
    };
  }
}
