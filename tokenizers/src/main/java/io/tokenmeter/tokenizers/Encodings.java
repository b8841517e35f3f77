package io.tokenmeter.tokenizers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds encodings; each is loaded once, when it is first asked for, and shared by all threads.
 * Thread-safe.
 */
public final class Encodings {
  private record BuiltIn(String vocabulary, PreTokenizer preTokenizer) {}

  private static final Map<String, BuiltIn> BUILT_IN =
      Map.of(
          "r50k_base", new BuiltIn("r50k_base", new Gpt2PreTokenizer()),
          "p50k_base", new BuiltIn("p50k_base", new Gpt2PreTokenizer()),
          "cl100k_base", new BuiltIn("cl100k_base", new Cl100kPreTokenizer()),
          "o200k_base", new BuiltIn("o200k_base", new O200kPreTokenizer()),
          "o200k_harmony", new BuiltIn("o200k_base", new O200kPreTokenizer()));

  private static final Map<String, Vocabulary> VOCABULARIES = new ConcurrentHashMap<>();
  private static final Map<String, Encoding> LOADED = new ConcurrentHashMap<>();

  private Encodings() {}

  /**
   * The encoding of that name: r50k_base, p50k_base, cl100k_base, o200k_base or o200k_harmony.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Encoding forName(String name) {
    Encoding loaded = LOADED.get(name);
    if (loaded != null) {
      return loaded;
    }
    return LOADED.computeIfAbsent(
        name,
        key -> {
          BuiltIn builtIn = builtIn(key);
          Vocabulary vocabulary =
              VOCABULARIES.computeIfAbsent(builtIn.vocabulary, VocabularyFile::load);
          return new BpeEncoding(key, vocabulary, builtIn.preTokenizer);
        });
  }

  /** An instance that shares nothing with any other, for benchmarks: nothing is remembered yet. */
  static Encoding load(String name) {
    BuiltIn builtIn = builtIn(name);
    return new BpeEncoding(name, VocabularyFile.load(builtIn.vocabulary), builtIn.preTokenizer);
  }

  private static BuiltIn builtIn(String name) {
    BuiltIn builtIn = BUILT_IN.get(name);
    if (builtIn == null) {
      throw new IllegalArgumentException(
          "no encoding is named '" + name + "'; expected one of " + names());
    }
    return builtIn;
  }

  /**
   * The encoding that a {@code tokenizer.json} of Hugging Face's {@code tokenizers} describes:
   * byte-level byte-pair encodings (Llama 3, Qwen, DeepSeek V3, Mistral's tekken, GPT-2) and those
   * of SentencePiece with byte fallback (Llama 2, Mistral 7B, Gemma). Exact to that library's ids,
   * without what a post-processor puts around a text. Text that looks like a special token is plain
   * text.
   *
   * <p>The file is read now, which takes about a second, and not again.
   *
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it is no {@code tokenizer.json}, or has a model, a
   *     component or an option that is not supported; the message says the file, where in it, and
   *     what was expected
   */
  public static Encoding fromTokenizerJson(Path file) throws IOException {
    return fromTokenizerJson(file, SpecialTokens.AS_TEXT);
  }

  /** As {@link #fromTokenizerJson(Path)}, with a choice of what special tokens are. */
  public static Encoding fromTokenizerJson(Path file, SpecialTokens specialTokens)
      throws IOException {
    return TokenizerJson.read(file, specialTokens);
  }

  /**
   * The encoding of a model after the built-in rules: see {@link ModelEncodings}. A model that
   * nothing is known of gets o200k_base.
   */
  public static Encoding forModel(String model) {
    return forModel(model, ModelEncodings.builtIn());
  }

  /** The encoding of a model after rules of one's own. */
  public static Encoding forModel(String model, ModelEncodings rules) {
    return rules.ownEncodingOf(model).orElseGet(() -> forName(rules.encodingOf(model)));
  }

  /** The names of all encodings, in alphabetical order. */
  static List<String> names() {
    return BUILT_IN.keySet().stream().sorted().toList();
  }
}
