package io.tokenmeter.stub;

import org.jspecify.annotations.Nullable;

/** What can be asked of the stub. */
public enum Api {
  OPENAI_CHAT,
  OPENAI_RESPONSES,
  OPENAI_EMBEDDINGS,
  ANTHROPIC_MESSAGES,
  GEMINI_GENERATE,
  GEMINI_EMBED;

  /** The API behind a path, whatever stands before it; null if there is none. */
  static @Nullable Api ofPath(String path) {
    if (path.endsWith("/chat/completions")) {
      return OPENAI_CHAT;
    }
    if (path.endsWith("/responses")) {
      return OPENAI_RESPONSES;
    }
    if (path.endsWith("/embeddings")) {
      return OPENAI_EMBEDDINGS;
    }
    if (path.endsWith("/messages")) {
      return ANTHROPIC_MESSAGES;
    }
    if (path.endsWith(":embedContent") || path.endsWith(":batchEmbedContents")) {
      return GEMINI_EMBED;
    }
    return path.endsWith("enerateContent") ? GEMINI_GENERATE : null;
  }
}
