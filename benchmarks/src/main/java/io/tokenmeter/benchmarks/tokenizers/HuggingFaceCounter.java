package io.tokenmeter.benchmarks.tokenizers;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;

/** Hugging Face's library in Rust, by way of DJL and JNI. */
final class HuggingFaceCounter implements Counter {
  private final HuggingFaceTokenizer tokenizer;

  private HuggingFaceCounter(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * @throws LinkageError or {@link IllegalStateException} if its native library cannot be had
   */
  static HuggingFaceCounter open(Path tokenizerJson) throws IOException {
    return new HuggingFaceCounter(
        HuggingFaceTokenizer.builder()
            .optTokenizerPath(tokenizerJson)
            .optAddSpecialTokens(false)
            .optTruncation(false)
            .optPadding(false)
            .build());
  }

  @Override
  public int count(String text) {
    return tokenizer.encode(text, false, false).getIds().length;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
