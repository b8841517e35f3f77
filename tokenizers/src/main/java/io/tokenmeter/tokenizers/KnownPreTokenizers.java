package io.tokenmeter.tokenizers;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pre-tokenizers that are written out by hand, by the components of a {@code tokenizer.json}
 * that they stand for: patterns, and digits. The patterns are compared as text, as the models'
 * files have them.
 */
final class KnownPreTokenizers {
  /** What {@code ByteLevel} cuts by. Source: openai/gpt-2, {@code encoder.py}. */
  static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String WORDS_AND_SYMBOLS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + SPACES;

  /** Llama 3, and cl100k_base as it was converted by others. */
  private static final String LLAMA3 =
      CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}" + WORDS_AND_SYMBOLS;

  /** Qwen 2, 2.5 and 3. */
  private static final String QWEN2 =
      CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" + WORDS_AND_SYMBOLS;

  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String PREFIX = "[^\\r\\n\\p{L}\\p{N}]?";
  private static final String SYMBOLS_AND_SLASHES = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + SPACES;

  /** Llama 4, gpt-oss, and o200k_base as it was converted by others. */
  private static final String O200K =
      casedWords(CONTRACTIONS + "?") + "|\\p{N}{1,3}" + SYMBOLS_AND_SLASHES;

  /** Mistral's tekken. */
  private static final String TEKKEN = casedWords("") + "|\\p{N}" + SYMBOLS_AND_SLASHES;

  /** DeepSeek V3 and R1 cut three times. */
  private static final List<String> DEEPSEEK =
      List.of(
          "\\p{N}{1,3}",
          "[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+",
          "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
              + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*"
              + SPACES);

  private static final Map<List<String>, PreTokenizer> KNOWN = new HashMap<>();

  static {
    KNOWN.put(List.of(GPT2), new Gpt2PreTokenizer());
    for (boolean individual : new boolean[] {true, false}) {
      KNOWN.put(List.of(digits(individual), GPT2), new DigitsPreTokenizer(individual));
    }
    KNOWN.put(List.of(LLAMA3), new Cl100kPreTokenizer());
    KNOWN.put(List.of(QWEN2), new Cl100kPreTokenizer(1));
    KNOWN.put(List.of(O200K), new O200kPreTokenizer());
    KNOWN.put(List.of(TEKKEN), new O200kPreTokenizer(1, false));
    KNOWN.put(DEEPSEEK, new DeepSeekPreTokenizer());
  }

  private KnownPreTokenizers() {}

  private static String casedWords(String end) {
    return PREFIX + UPPER + "*" + LOWER + "+" + end + "|" + PREFIX + UPPER + "+" + LOWER + "*"
        + end;
  }

  /** Stands for the component {@code Digits}. */
  static String digits(boolean individual) {
    return individual ? "Digits, individual" : "Digits";
  }

  /** The pre-tokenizer that does what these components do one after the other, or null. */
  static @Nullable PreTokenizer find(List<String> components) {
    return KNOWN.get(components);
  }

  /** Whether everything in a text is part of a match. */
  static boolean leavesNothingOut(String pattern) {
    return Set.of(GPT2, LLAMA3, QWEN2, O200K, TEKKEN).contains(pattern);
  }
}
