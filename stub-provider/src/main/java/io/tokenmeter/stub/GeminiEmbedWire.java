package io.tokenmeter.stub;

import java.util.List;

/**
 * {@code POST /v1beta/models/MODEL:embedContent} and {@code :batchEmbedContents}: vectors of three
 * figures, and no usage, as Gemini answers.
 */
final class GeminiEmbedWire implements Wire {
  private static final String VECTOR = "{\"values\":[0.25,-0.5,0.125]}";

  @Override
  public String body(ModelRequest request, Reply.Answer answer) {
    return request.path().endsWith(":embedContent")
        ? "{\"embedding\":" + VECTOR + "}"
        : "{\"embeddings\":[" + VECTOR + "]}";
  }

  @Override
  public List<String> events(ModelRequest request, Reply.Answer answer) {
    throw new UnsupportedOperationException("embeddings are never streamed");
  }

  @Override
  public String error(Reply.Failure failure) {
    return GeminiWire.geminiError(failure);
  }
}
