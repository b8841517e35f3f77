package io.tokenmeter.stub;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/** {@code POST /v1/embeddings}: vectors of three figures, as numbers or in base64. */
final class OpenAiEmbeddingsWire implements Wire {
  private static final float[] VECTOR = {0.25f, -0.5f, 0.125f};

  @Override
  public String body(ModelRequest request, Reply.Answer answer) {
    boolean base64 = request.body().path("encoding_format").asText().equals("base64");
    return """
        {"object":"list","data":[{"object":"embedding","index":0,"embedding":%s}],"model":%s,\
        "usage":{"prompt_tokens":%d,"total_tokens":%d}}"""
        .formatted(
            base64 ? Json.quote(base64()) : "[0.25,-0.5,0.125]",
            Json.quote(request.model()),
            answer.tokens().input(),
            answer.tokens().input());
  }

  private static String base64() {
    ByteBuffer bytes = ByteBuffer.allocate(VECTOR.length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (float figure : VECTOR) {
      bytes.putFloat(figure);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  @Override
  public List<String> events(ModelRequest request, Reply.Answer answer) {
    throw new UnsupportedOperationException("embeddings are never streamed");
  }

  @Override
  public String error(Reply.Failure failure) {
    return OpenAiChatWire.openAiError(failure);
  }
}
