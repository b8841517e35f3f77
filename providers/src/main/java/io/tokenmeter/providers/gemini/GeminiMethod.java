package io.tokenmeter.providers.gemini;

import io.tokenmeter.providers.Operation;
import org.jspecify.annotations.Nullable;

/** The methods of a model. */
enum GeminiMethod {
  GENERATE(":generateContent", Operation.GENERATE_CONTENT),
  STREAM(":streamGenerateContent", Operation.GENERATE_CONTENT),
  EMBED(":embedContent", Operation.EMBEDDINGS),
  BATCH_EMBED(":batchEmbedContents", Operation.EMBEDDINGS);

  private static final GeminiMethod[] METHODS = values();

  private final String pathEnd;
  private final Operation operation;

  GeminiMethod(String pathEnd, Operation operation) {
    this.pathEnd = pathEnd;
    this.operation = operation;
  }

  Operation operation() {
    return operation;
  }

  /** The method that stands in {@code path} from {@code colon} to the end. */
  static @Nullable GeminiMethod ofPathEnd(String path, int colon) {
    for (GeminiMethod method : METHODS) {
      if (path.length() - colon == method.pathEnd.length() && path.endsWith(method.pathEnd)) {
        return method;
      }
    }
    return null;
  }
}
