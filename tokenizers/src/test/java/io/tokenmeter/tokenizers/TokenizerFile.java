package io.tokenmeter.tokenizers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes {@code tokenizer.json} files for the tests, of the shapes that real models have. */
final class TokenizerFile {
  static final String LLAMA3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  static final String QWEN2 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  static final String O200K =
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  static final String TEKKEN =
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  static final String DEEPSEEK =
      "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /** The members of the file, as JSON. */
  private final Map<String, String> members = new LinkedHashMap<>();

  private final Map<String, String> modelOptions = new LinkedHashMap<>();
  private final List<String> addedTokens = new ArrayList<>();
  private Map<String, Integer> vocabulary = new LinkedHashMap<>();
  private List<String[]> merges = new ArrayList<>();
  private boolean mergesAsLines;
  private int nextId;
  private int newTokens;

  TokenizerFile() {
    members.put("version", "\"1.0\"");
    members.put("truncation", "null");
    members.put("padding", "null");
    members.put("normalizer", "null");
    members.put("pre_tokenizer", "null");
    members.put("post_processor", "null");
    members.put("decoder", "null");
    modelOptions.put("type", "\"BPE\"");
    modelOptions.put("dropout", "null");
    modelOptions.put("unk_token", "null");
    modelOptions.put("continuing_subword_prefix", "null");
    modelOptions.put("end_of_word_suffix", "null");
    modelOptions.put("fuse_unk", "false");
    modelOptions.put("byte_fallback", "false");
    modelOptions.put("ignore_merges", "false");
  }

  TokenizerFile member(String name, String json) {
    members.put(name, json);
    return this;
  }

  TokenizerFile option(String name, String json) {
    modelOptions.put(name, json);
    return this;
  }

  TokenizerFile vocabulary(Map<String, Integer> ids, List<String[]> mergeList) {
    vocabulary = ids;
    nextId = ids.values().stream().mapToInt(id -> id).max().orElse(-1) + 1;
    merges = mergeList;
    return this;
  }

  /** The older form of merges. */
  TokenizerFile mergesAsLines() {
    mergesAsLines = true;
    return this;
  }

  /**
   * @param flags of {@code single_word lstrip rstrip normalized special}, those that are true
   */
  TokenizerFile added(String content, String flags) {
    // As the library gives ids, whatever the file says.
    int id = vocabulary.containsKey(content) ? vocabulary.get(content) : nextId + newTokens++;
    Set<String> on = new HashSet<>(List.of(flags.split(" ")));
    StringBuilder json = new StringBuilder("{\"id\":" + id + ",\"content\":" + quoted(content));
    for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
      json.append(",\"").append(flag).append("\":").append(on.contains(flag));
    }
    addedTokens.add(json.append('}').toString());
    return this;
  }

  Path write(Path directory, String name) throws IOException {
    return Files.writeString(directory.resolve(name + ".json"), json());
  }

  String json() {
    StringBuilder json = new StringBuilder("{\n");
    members.forEach(
        (name, value) -> json.append(quoted(name)).append(": ").append(value).append(",\n"));
    json.append("\"added_tokens\": [").append(String.join(",\n", addedTokens)).append("],\n");
    json.append("\"model\": {");
    modelOptions.forEach(
        (name, value) -> json.append(quoted(name)).append(": ").append(value).append(",\n"));
    json.append("\"vocab\": {");
    String separator = "";
    for (Map.Entry<String, Integer> token : vocabulary.entrySet()) {
      json.append(separator).append(quoted(token.getKey())).append(':').append(token.getValue());
      separator = ",\n";
    }
    json.append("},\n\"merges\": [");
    separator = "";
    for (String[] merge : merges) {
      json.append(separator)
          .append(
              mergesAsLines
                  ? quoted(merge[0] + " " + merge[1])
                  : "[" + quoted(merge[0]) + "," + quoted(merge[1]) + "]");
      separator = ",\n";
    }
    return json.append("]}}\n").toString();
  }

  static String split(String pattern) {
    return "{\"type\":\"Split\",\"pattern\":{\"Regex\":"
        + quoted(pattern)
        + "},\"behavior\":\"Isolated\",\"invert\":false}";
  }

  static String byteLevel(boolean prefix, boolean regex) {
    return "{\"type\":\"ByteLevel\",\"add_prefix_space\":"
        + prefix
        + ",\"trim_offsets\":true,\"use_regex\":"
        + regex
        + "}";
  }

  static String sequence(String list, String... components) {
    return "{\"type\":\"Sequence\",\"" + list + "\":[" + String.join(",", components) + "]}";
  }

  static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  /** One of jtokkit's vocabularies, in the byte-level alphabet, with all merges it implies. */
  TokenizerFile fromTiktoken(String name, int most) {
    Map<String, Integer> ranks = new HashMap<>();
    try (InputStream in =
        TokenizerFile.class.getResourceAsStream("/com/knuddels/jtokkit/" + name + ".tiktoken")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
        int space = line.indexOf(' ');
        int rank = Integer.parseInt(line.substring(space + 1).trim());
        if (rank < most) {
          ranks.put(byteLevel(Base64.getDecoder().decode(line.substring(0, space))), rank);
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    Map<Integer, String> sorted = new TreeMap<>();
    ranks.forEach((token, rank) -> sorted.put(rank, token));
    Map<String, Integer> ids = new LinkedHashMap<>();
    List<String[]> all = new ArrayList<>();
    sorted.forEach(
        (rank, token) -> {
          ids.put(token, rank);
          List<String[]> splits = new ArrayList<>();
          for (int i = 1; i < token.length(); i++) {
            String left = token.substring(0, i);
            String right = token.substring(i);
            if (ranks.containsKey(left) && ranks.containsKey(right)) {
              splits.add(new String[] {left, right});
            }
          }
          splits.sort(
              Comparator.<String[]>comparingInt(split -> ranks.get(split[0]))
                  .thenComparingInt(split -> ranks.get(split[1])));
          all.addAll(splits);
        });
    return vocabulary(ids, all);
  }

  static String byteLevel(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte value : bytes) {
      text.append(ByteAlphabet.character(value & 0xFF));
    }
    return text.toString();
  }
}
