package io.tokenmeter.tokenizers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Reads an encoding out of a {@code tokenizer.json} of Hugging Face's {@code tokenizers}. What is
 * not understood to the last option is refused.
 *
 * <p>Not looked at: {@code post_processor}, which puts tokens around a text, and {@code truncation}
 * and {@code padding}, which are about batches of them; none of these changes the tokens of a text.
 */
final class TokenizerJson {
  private static final long LARGEST_BYTES = 256L << 20;
  private static final String VERSION = "1.0";

  private final String source;
  private final SpecialTokens specialTokens;
  private final BpeModelReader model = new BpeModelReader();
  private final Map<String, JsonValue> components = new HashMap<>();
  private final AddedTokenReader addedTokens = new AddedTokenReader();

  private TokenizerJson(String source, SpecialTokens specialTokens) {
    this.source = source;
    this.specialTokens = specialTokens;
  }

  static Encoding read(Path file, SpecialTokens specialTokens) throws IOException {
    String source = file.toString();
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException(source + " is not a file");
    }
    long size = Files.size(file);
    if (size > LARGEST_BYTES) {
      throw new IllegalArgumentException(
          source + ": has " + size + " bytes; expected at most " + LARGEST_BYTES);
    }
    return read(source, decoded(source, Files.readAllBytes(file)), specialTokens);
  }

  static Encoding read(String source, String json, SpecialTokens specialTokens) {
    return new TokenizerJson(source, specialTokens).encoding(new JsonReader(source, json));
  }

  private static String decoded(String source, byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      throw new IllegalArgumentException(
          source + ": byte " + in.position() + " is not UTF-8; expected JSON in UTF-8");
    }
    return out.flip().toString();
  }

  private Encoding encoding(JsonReader reader) {
    Set<String> seen = new HashSet<>();
    reader.object(
        key -> {
          if (!seen.add(key)) {
            throw reader.error("there twice");
          }
          reader.beginComponent();
          switch (key) {
            case "truncation", "padding", "post_processor" -> reader.skip();
            case "version", "normalizer", "pre_tokenizer", "decoder" -> {
              JsonValue component = reader.value();
              if (!component.isNull()) {
                components.put(key, component);
              }
            }
            case "added_tokens" -> addedTokens.read(reader);
            case "model" -> model.read(reader);
            default -> throw reader.error("this is not supported in a tokenizer.json");
          }
        });
    reader.end();
    if (!seen.contains("model")) {
      throw new IllegalArgumentException(source + ", $: has no 'model'; expected a tokenizer.json");
    }
    JsonValue version = components.get("version");
    if (version != null && !version.text().equals(VERSION)) {
      throw version.error("the version " + version.shown() + " is not supported; expected 1.0");
    }
    return assemble();
  }

  private Encoding assemble() {
    NormalizerReader normalizer = new NormalizerReader();
    JsonValue normalizerJson = components.get("normalizer");
    if (normalizerJson != null) {
      normalizer.read(normalizerJson);
    }
    PreTokenizerReader preTokenizer = new PreTokenizerReader(normalizer.replacesSpaces());
    JsonValue preTokenizerJson = components.get("pre_tokenizer");
    if (preTokenizerJson != null) {
      preTokenizer.read(preTokenizerJson);
    }
    JsonValue decoder = components.get("decoder");
    List<UnaryOperator<List<String>>> decoding =
        decoder == null ? List.of() : DecoderReader.read(decoder);
    addedTokens.resolve(model);
    List<UnaryOperator<Stage>> stages = new ArrayList<>();
    addStage(addedTokens.before(specialTokens), stages);
    stages.addAll(normalizer.stages());
    addStage(addedTokens.normalized(specialTokens, normalizer.stages()), stages);
    stages.addAll(preTokenizer.stages());
    return new StagedEncoding(
        source,
        stages,
        new BpeModelBuilder(model, preTokenizer).build(),
        new TokenDecoder(
            addedTokens.tokensById(model),
            addedTokens.special(),
            decoding,
            decoder == null ? " " : ""));
  }

  private static void addStage(AddedTokens tokens, List<UnaryOperator<Stage>> stages) {
    if (!tokens.isEmpty()) {
      stages.add(next -> new AddedTokenStage(tokens, next));
    }
  }
}
