package io.tokenmeter.benchmarks.tokenizers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes the {@code tokenizer.json} of an encoding for Hugging Face's library, out of the
 * vocabulary that jtokkit carries.
 */
final class TokenizerJson {
  private static final String CL100K =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
  private static final String O200K =
      ("[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "*" + LOWER + "+" + CONTRACTION)
          + ("|[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "+" + LOWER + "*" + CONTRACTION)
          + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /** Tokens as ISO-8859-1 strings, one char a byte. */
  private final Map<String, Integer> ids = new TreeMap<>();

  private TokenizerJson() {}

  static void write(String encoding, Path file) throws IOException {
    TokenizerJson tokenizer = new TokenizerJson();
    tokenizer.read("/com/knuddels/jtokkit/" + encoding + ".tiktoken");
    String pattern = encoding.startsWith("o200k") ? O200K : CL100K;
    try (Writer out = Files.newBufferedWriter(file)) {
      tokenizer.write(pattern, out);
    }
  }

  private void read(String resource) throws IOException {
    try (InputStream in = TokenizerJson.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the class path has no " + resource);
      }
      for (String line : new String(in.readAllBytes(), US_ASCII).split("\n")) {
        int space = line.indexOf(' ');
        byte[] token = Base64.getDecoder().decode(line.substring(0, space));
        ids.put(new String(token, ISO_8859_1), Integer.valueOf(line.substring(space + 1).trim()));
      }
    }
  }

  private void write(String pattern, Writer out) throws IOException {
    out.write("{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[],");
    out.write("\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[");
    out.write("{\"type\":\"Split\",\"pattern\":{\"Regex\":\"" + escaped(pattern) + "\"},");
    out.write("\"behavior\":\"Isolated\",\"invert\":false},{\"type\":\"ByteLevel\",");
    out.write("\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":false}]},");
    out.write("\"post_processor\":null,\"decoder\":null,\"model\":{\"type\":\"BPE\",");
    out.write("\"dropout\":null,\"unk_token\":null,\"continuing_subword_prefix\":null,");
    out.write("\"end_of_word_suffix\":null,\"fuse_unk\":false,\"byte_fallback\":false,");
    out.write("\"ignore_merges\":false,\"vocab\":{");
    String separator = "";
    for (Map.Entry<String, Integer> token : ids.entrySet()) {
      out.write(separator + quoted(token.getKey()) + ":" + token.getValue());
      separator = ",";
    }
    out.write("},\"merges\":[");
    separator = "";
    List<Map.Entry<String, Integer>> byId = new ArrayList<>(ids.entrySet());
    byId.sort(Map.Entry.comparingByValue());
    for (Map.Entry<String, Integer> token : byId) {
      if (token.getKey().length() > 1) {
        int left = lengthOfLeftPart(token.getKey(), token.getValue());
        out.write(separator + "[" + quoted(token.getKey().substring(0, left)));
        out.write("," + quoted(token.getKey().substring(left)) + "]");
        separator = ",";
      }
    }
    out.write("]}}");
  }

  /** Merges the token's bytes as long as that is earlier than the token itself. */
  private int lengthOfLeftPart(String token, int id) {
    List<String> parts = new ArrayList<>(token.chars().mapToObj(Character::toString).toList());
    while (parts.size() > 2) {
      int best = -1;
      int bestId = id;
      for (int i = 0; i + 1 < parts.size(); i++) {
        Integer merged = ids.get(parts.get(i) + parts.get(i + 1));
        if (merged != null && merged < bestId) {
          best = i;
          bestId = merged;
        }
      }
      parts.set(best, parts.get(best) + parts.remove(best + 1));
    }
    return parts.get(0).length();
  }

  private static String quoted(String token) {
    StringBuilder text = new StringBuilder();
    token.chars().forEach(c -> text.append(visible(c)));
    return '"' + escaped(text.toString()) + '"';
  }

  /** GPT-2's alphabet of bytes: those that are not printable stand at U+0100 and behind. */
  private static char visible(int value) {
    if (isPrintable(value)) {
      return (char) value;
    }
    int before = 0;
    for (int other = 0; other < value; other++) {
      before += isPrintable(other) ? 0 : 1;
    }
    return (char) (0x100 + before);
  }

  private static boolean isPrintable(int value) {
    return value >= '!' && value <= '~'
        || value >= 0xA1 && value <= 0xAC
        || value >= 0xAE && value <= 0xFF;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
