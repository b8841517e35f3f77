package io.tokenmeter.tokenizers;

import static io.tokenmeter.tokenizers.TokenizerFile.byteLevel;
import static io.tokenmeter.tokenizers.TokenizerFile.sequence;
import static io.tokenmeter.tokenizers.TokenizerFile.split;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Files of the shapes that real models have, with vocabularies at hand or trained here. */
final class TokenizerShapes {
  private static final long SEED = 20261125;
  private static final int SMALL = 20_000;

  private static final String NFC = "{\"type\":\"NFC\"}";
  private static final String PREPEND = "{\"type\":\"Prepend\",\"prepend\":\"\u2581\"}";
  private static final String REPLACE =
      "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"\u2581\"}";
  private static final String GEMMA_SPLIT =
      "{\"type\":\"Split\",\"pattern\":{\"String\":\" \"},\"behavior\":\"MergedWithPrevious\",\"invert\":false}";
  private static final String FALLBACK_DECODERS =
      "{\"type\":\"Replace\",\"pattern\":{\"String\":\"\u2581\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"}";
  private static final String BYTE_DECODER =
      "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,\"use_regex\":true}";

  private interface Shape {
    TokenizerFile file();
  }

  private static final Map<String, Shape> FILES = new LinkedHashMap<>();

  static {
    FILES.put(
        "llama 3",
        () ->
            tiktoken("cl100k_base", Integer.MAX_VALUE)
                .option("ignore_merges", "true")
                .member(
                    "pre_tokenizer",
                    sequence(
                        "pretokenizers", split(TokenizerFile.LLAMA3), byteLevel(false, false))));
    FILES.put(
        "gpt-2",
        () ->
            tiktoken("r50k_base", SMALL)
                .mergesAsLines()
                .member("pre_tokenizer", byteLevel(false, true)));
    FILES.put(
        "gpt-2 with a space before",
        () -> tiktoken("r50k_base", SMALL).member("pre_tokenizer", byteLevel(true, true)));
    FILES.put(
        "no pattern at all",
        () -> tiktoken("r50k_base", SMALL).member("pre_tokenizer", byteLevel(false, false)));
    for (boolean individual : new boolean[] {true, false}) {
      FILES.put(
          "starcoder, individual " + individual,
          () ->
              tiktoken("r50k_base", SMALL)
                  .member(
                      "pre_tokenizer",
                      sequence(
                          "pretokenizers",
                          "{\"type\":\"Digits\",\"individual_digits\":" + individual + "}",
                          byteLevel(false, true))));
    }
    FILES.put(
        "qwen 2",
        () -> {
          TokenizerFile file =
              tiktoken("cl100k_base", SMALL)
                  .mergesAsLines()
                  .member("normalizer", NFC)
                  .member(
                      "pre_tokenizer",
                      sequence(
                          "pretokenizers", split(TokenizerFile.QWEN2), byteLevel(false, false)));
          return file.added("<tool_call>", "").added("</tool_call>", "");
        });
    FILES.put(
        "o200k",
        () ->
            tiktoken("o200k_base", SMALL)
                .member(
                    "pre_tokenizer",
                    sequence(
                        "pretokenizers", split(TokenizerFile.O200K), byteLevel(false, false))));
    FILES.put(
        "tekken",
        () ->
            tiktoken("o200k_base", SMALL)
                .option("ignore_merges", "true")
                .member(
                    "pre_tokenizer",
                    sequence(
                        "pretokenizers", split(TokenizerFile.TEKKEN), byteLevel(false, false))));
    FILES.put(
        "deepseek v3",
        () ->
            tiktoken("cl100k_base", SMALL)
                .member("normalizer", sequence("normalizers"))
                .member(
                    "pre_tokenizer",
                    sequence(
                        "pretokenizers",
                        split("\\p{N}{1,3}"),
                        split("[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+"),
                        split(TokenizerFile.DEEPSEEK),
                        byteLevel(false, false))));
    FILES.put(
        "bytes that are missing",
        () ->
            trained(trainedOnBytes(), "<unk>")
                .option("unk_token", "\"<unk>\"")
                .member("pre_tokenizer", byteLevel(false, true)));
    FILES.put(
        "bytes that are missing without a token for them",
        () -> trained(trainedOnBytes()).member("pre_tokenizer", byteLevel(false, true)));
    FILES.put(
        "llama 2",
        () ->
            sentencePiece()
                .option("fuse_unk", "true")
                .member("normalizer", sequence("normalizers", PREPEND, REPLACE))
                .member(
                    "decoder",
                    sequence(
                        "decoders",
                        FALLBACK_DECODERS,
                        "{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}")));
    FILES.put(
        "mistral 7b",
        () ->
            sentencePiece()
                .member(
                    "pre_tokenizer",
                    "{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"first\",\"split\":false}")
                .member(
                    "decoder",
                    "{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"first\",\"split\":false}"));
    FILES.put(
        "words apart",
        () ->
            sentencePiece()
                .member(
                    "pre_tokenizer",
                    "{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"always\",\"split\":true}"));
    FILES.put(
        "gemma",
        () -> {
          TokenizerFile file =
              sentencePiece()
                  .option("fuse_unk", "true")
                  .member("normalizer", REPLACE)
                  .member("pre_tokenizer", GEMMA_SPLIT)
                  .member("decoder", sequence("decoders", FALLBACK_DECODERS));
          return file.added("<table>", "")
              .added("\n\n", "")
              .added("\n\n\n", "")
              .added("\u2581\u2581", "")
              .added("<unused0>", "");
        });
    for (boolean fused : new boolean[] {true, false}) {
      FILES.put(
          "characters that are unknown, fused " + fused,
          () ->
              trained(trainedOnCharacters(), "<unk>")
                  .option("unk_token", "\"<unk>\"")
                  .option("fuse_unk", String.valueOf(fused))
                  .member("normalizer", sequence("normalizers", NFC, REPLACE)));
    }
    FILES.put(
        "characters that are left out",
        () -> trained(trainedOnCharacters()).member("normalizer", REPLACE));
    FILES.put(
        "added tokens of all kinds",
        () -> {
          TokenizerFile file =
              tiktoken("r50k_base", 5000)
                  .member("normalizer", NFC)
                  .member("pre_tokenizer", byteLevel(true, true));
          return file.added("<tool_call>", "lstrip")
              .added("<table>", "rstrip normalized")
              .added("the", "single_word")
              .added("and", "single_word normalized")
              .added("\u00E9", "normalized")
              .added("\n\n", "lstrip rstrip")
              .added("<|endoftext|>", "special lstrip");
        });
  }

  private TokenizerShapes() {}

  static Set<String> names() {
    return FILES.keySet();
  }

  /** Writes the file, unless it is there already. */
  static Path write(String shape, Path directory) throws IOException {
    String name = shape.replaceAll("\\W+", "-");
    Path file = directory.resolve(name + ".json");
    return Files.exists(file) ? file : FILES.get(shape).file().write(directory, name);
  }

  private static TokenizerFile tiktoken(String name, int most) {
    return new TokenizerFile().fromTiktoken(name, most).member("decoder", BYTE_DECODER);
  }

  private static TokenizerFile trained(BpeTrainer trainer, String... more) {
    return trainer.into(new TokenizerFile(), new Random(SEED), more);
  }

  private static BpeTrainer trainedOnBytes() {
    return BpeTrainer.train(
        words().stream().map(word -> byteLevel(word.getBytes(StandardCharsets.UTF_8))).toList(),
        300);
  }

  private static BpeTrainer trainedOnCharacters() {
    return BpeTrainer.train(
        words().stream().map(word -> word.replace(' ', '\u2581')).toList(), 300);
  }

  private static List<String> words() {
    List<String> words = new ArrayList<>();
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      for (String word : TestTexts.random(random).split("(?<=.)(?= )")) {
        if (word.codePoints().allMatch(c -> c < 0x500 || (c >= 0x4E00 && c < 0x5000))) {
          words.add(word);
        }
      }
    }
    return words;
  }

  private static TokenizerFile sentencePiece() {
    String[] bytes =
        IntStream.range(0, 256)
            .mapToObj(value -> String.format("<0x%02X>", value))
            .toArray(String[]::new);
    String[] more =
        Stream.concat(Stream.of("<unk>", "<s>", "</s>"), Arrays.stream(bytes))
            .toArray(String[]::new);
    TokenizerFile file =
        trained(trainedOnCharacters(), more)
            .option("unk_token", "\"<unk>\"")
            .option("byte_fallback", "true");
    return file;
  }

  /** As elsewhere, and what normalisers, added tokens and other scripts have trouble with. */
  static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(4); n >= 0; n--) {
      text.append(
          random.nextInt(3) == 0
              ? SPICE.get(random.nextInt(SPICE.size()))
              : TestTexts.random(random));
    }
    return text.codePoints()
        .filter(c -> !isNewerThanOracle(c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Marks since Unicode 10, which the library's normalisation, of Unicode 9, does not know. */
  private static boolean isNewerThanOracle(int c) {
    return UnicodeData.isJoining(c)
        && ((c >= 0x898 && c < 0x8A0)
            || (c >= 0x1ABE && c < 0x1B00)
            || (c >= 0x1DF6 && c < 0x1DFB)
            || (c >= 0x10D00 && c < 0x11000)
            || (c >= 0x11800 && c < 0x12000)
            || (c >= 0x1E100 && c < 0x1E800)
            || Set.of(0x7FD, 0x8D3, 0x9FE, 0xC3C, 0xD3B, 0xD3C, 0xEBA, 0x1715, 0xA82C).contains(c)
            || Set.of(0x11070, 0x1133B, 0x1145E, 0x116B6, 0x16FF0, 0x16FF1).contains(c));
  }

  private static final List<String> SPICE =
      List.of(
          "<tool_call>",
          "  <tool_call>  x",
          "</tool_call>",
          "<table>",
          " <table>\n\n ",
          "<tab",
          "\n\n\n\n",
          "\u2581",
          "\u2581\u2581\u2581 a",
          "the and",
          " the\u0301",
          "e\u0301",
          "\u00E9",
          "a\u0323\u0307\u0301",
          "\u0301\u0323\u0316\u0301",
          "\u1100\u1161\u11A8",
          "\uAC00\u11A8",
          "\u212B\u2126",
          "\u0958\u09CB",
          "\u09C7\u09BE",
          "\u1E9B\u0323",
          "\uD834\uDD5E",
          "\u30AB\u3099\u30FB\u309B\u30FC",
          "12\u4E2D\u65873456 7\u30AB",
          "\u0001\u0002a",
          "\u0001 \u200B\u200Bb",
          "!ab\u4E2D!",
          "#include <x>",
          "x\u00B2",
          "<|endoftext|>",
          "   <|endoftext|>",
          "<s>",
          "<0x41>",
          " ");
}
