package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TokenizerJsonTest {
  @TempDir Path directory;

  @Test
  void read_smallFile_mergesByRankNotById() throws IOException {
    Encoding encoding = Encodings.fromTokenizerJson(small().write(directory, "small"));
    assertThat(encoding.encode("abcab")).containsExactly(9, 3);
    assertThat(encoding.decode(new int[] {9, 3, 77, -1})).isEqualTo("abcab");
    assertThat(encoding.name()).endsWith("small.json");
  }

  @Test
  void read_oldestForm_withoutTypeAndWithLines() throws IOException {
    String json = small().mergesAsLines().json().replace("\"type\": \"BPE\",", "");
    assertThat(read(json).encode("abcab")).containsExactly(9, 3);
  }

  @Test
  void read_specialTokens_areTextUnlessAskedOtherwise() throws IOException {
    Path file =
        small()
            .added("<|end|>", "special")
            .added("<tool>", "")
            .member("pre_tokenizer", TokenizerFile.byteLevel(false, true))
            .write(directory, "special");
    Encoding asText = Encodings.fromTokenizerJson(file);
    Encoding asTokens = Encodings.fromTokenizerJson(file, SpecialTokens.AS_TOKENS);
    assertThat(asText.encode("ab<|end|>ab")).containsExactly(3, 3);
    assertThat(asTokens.encode("ab<|end|>ab")).containsExactly(3, 10, 3);
    assertThat(asText.encode("<tool>")).containsExactly(11);
    assertThat(asTokens.decode(new int[] {3, 10, 11})).isEqualTo("ab<tool>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "type": "BPE"                  | "type": "WordPiece"          | $.model.type: the model type 'WordPiece' is not supported; expected BPE
          "type": "BPE"                  | "type": "Unigram"            | 'Unigram'
          "type": "BPE"                  | "type": 7                    | $.model.type: expected a string, but was 7
          "dropout": null                | "dropout": 0.1               | $.model.dropout
          "unk_token": null              | "unk_token": "<unk>"         | $.model.unk_token: '<unk>' is not in the vocabulary
          "end_of_word_suffix": null     | "end_of_word_suffix": "</w>" | $.model.end_of_word_suffix
          "fuse_unk": false              | "fuse_unk": "no"             | $.model.fuse_unk: expected true or false, but was 'no'
          "fuse_unk": false              | "fuse_unk": false, "new": 1  | $.model.new: this option is not supported
          "a":                           | "b":                         | $.model.vocab.b: the token is there twice
          "a":0                          | "a":1                        | the id 1 is given twice
          "a":0                          | "a":-1                       | expected a whole number
          "a":0                          | "a":1e3                      | expected a whole number
          "a":0                          | "a":99999999999999999999     | expected a whole number from 0 to 4194303
          "a":0                          | "a":01                       | $.model.vocab.a
          "a":0                          | "a":"0"                      | expected a whole number
          "version": "1.0"               | "version": "2.0"             | $.version: the version '2.0' is not supported
          "version": "1.0"               | "versions": "1.0"            | $.versions: this is not supported
          "normalizer": null             | "normalizer": {"type":"NFKC"} | $.normalizer.type: the normalizer 'NFKC' is not supported; expected NFC
          "normalizer": null             | "normalizer": {"type":"Sequence","normalizers":[{"type":"Lowercase"}]} | $.normalizer.normalizers[0].type: the normalizer 'Lowercase'
          "normalizer": null             | "normalizer": {"type":"Replace","pattern":{"Regex":" +"},"content":" "} | $.normalizer.pattern: this pattern is not supported
          "normalizer": null             | "normalizer": []             | $.normalizer: expected an object, but was an array
          "pre_tokenizer": null          | "pre_tokenizer": {"type":"BertPreTokenizer"} | $.pre_tokenizer.type: the pre-tokenizer 'BertPreTokenizer' is not supported
          "pre_tokenizer": null          | "pre_tokenizer": {"type":"Split","pattern":{"Regex":"x"},"behavior":"Isolated","invert":false} | this combination of pre-tokenizers is not supported without ByteLevel: x
          "pre_tokenizer": null          | "pre_tokenizer": {"type":"Split","pattern":{"Regex":"x"},"behavior":"Contiguous","invert":false} | $.pre_tokenizer.behavior: 'Contiguous' is not supported; expected Isolated
          "pre_tokenizer": null          | "pre_tokenizer": {"type":"Sequence","pretokenizers":[{"type":"ByteLevel"},{"type":"Digits"}]} | $.pre_tokenizer.pretokenizers[1]: nothing is supported behind ByteLevel
          "pre_tokenizer": null          | "pre_tokenizer": {"type":"Metaspace","replacement":"__"} | $.pre_tokenizer.replacement: expected one character
          "decoder": {"type":"ByteLevel", | "decoder": {"type":"WordPiece", | $.decoder.type: the decoder 'WordPiece' is not supported
          "byte_fallback": false         | "byte_fallback": true, "fuse_unk": true, "fuse_unk": true | $.model.fuse_unk: there twice
          ["a","b"]                      | ["a","x"]                    | $.model.merges[0]: a merge with a token that is not in the vocabulary
          ["a","b"]                      | ["a"]                        | $.model.merges[0]: expected two tokens
          ["a","b"]                      | ["a","b","c"]                | expected two tokens
          ["a","b"]                      | ["","ab"]                    | a merge with an empty token
          ["a","b"]                      | "a b c"                      | expected two tokens with one space between them
          ["a","b"]                      | 7                            | $.model.merges[0]: expected a string
          "added_tokens": []             | "added_tokens": [{"id":1,"content":"x"}] | $.added_tokens[0]: the id 1 is that of another token
          "added_tokens": []             | "added_tokens": [{"content":"x"}] | $.added_tokens[0]: needs a value for 'id'
          "added_tokens": []             | "added_tokens": {}           | $.added_tokens: expected an array
          "truncation": null             | "truncation": {"a":}         | expected a JSON value
          "truncation": null             | "truncation": "\\ud800"      | half a surrogate pair
          "truncation": null             | "truncation": "\\x"          | an unknown escape
          "truncation": null             | "truncation": nul            | expected a JSON value
          "truncation": null             | "truncation": null, "truncation": null | $.truncation: there twice
          """)
  void read_whatIsNotSupported_saysWhereAndWhatWasExpected(
      String replaced, String replacement, String message) {
    String json = small().json();
    assertThat(json).contains(replaced);
    assertThatThrownBy(
            () ->
                read(
                    json.replaceFirst(
                        java.util.regex.Pattern.quote(replaced),
                        java.util.regex.Matcher.quoteReplacement(replacement))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("test.json, ");
  }

  @Test
  void read_anyBeginningOfAFile_isRefused() {
    String json = small().json().strip();
    for (int end = 0; end < json.length(); end++) {
      String cut = json.substring(0, end);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void read_deepNesting_isRefused() {
    String deep = "[".repeat(1_000_000);
    assertThatThrownBy(() -> read("{\"post_processor\":" + deep))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 levels");
    assertThatThrownBy(
            () ->
                read(
                    "{\"normalizer\":" + "{\"type\":\"Sequence\",\"normalizers\":[".repeat(99_999)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 levels");
  }

  @Test
  void read_manyValuesWhereAComponentIsExpected_isRefused() {
    assertThatThrownBy(() -> read("{\"decoder\":[" + "0,".repeat(1_000_000) + "0]}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than 20000 values");
  }

  @Test
  void read_longTokens_areRefusedOnlyIfTextCanBecomeThem() {
    String long1 = "a".repeat(200);
    String long2 = "a".repeat(400);
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (String token : List.of("a", long1, long2, "b".repeat(100_000))) {
      ids.put(token, ids.size());
    }
    TokenizerFile file = new TokenizerFile().vocabulary(ids, List.of());
    assertThat(read(file.json()).count(long2)).isEqualTo(400);
    file.vocabulary(ids, List.<String[]>of(new String[] {long1, long1}));
    assertThatThrownBy(() -> read(file.json()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the token of id 2 has 400 bytes; expected at most 255");
  }

  @Test
  void read_badUtf8_saysWhichByte() throws IOException {
    byte[] bytes = small().json().getBytes(StandardCharsets.UTF_8);
    bytes[20] = (byte) 0xFF;
    Path file = Files.write(directory.resolve("bad.json"), bytes);
    assertThatThrownBy(() -> Encodings.fromTokenizerJson(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bad.json: byte 20 is not UTF-8");
  }

  @Test
  void read_noFile_isSaid() {
    assertThatThrownBy(() -> Encodings.fromTokenizerJson(directory.resolve("none.json")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> Encodings.fromTokenizerJson(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a file");
    assertThatThrownBy(() -> Encodings.fromTokenizerJson(Path.of("/dev/zero")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void read_byteFallbackWithoutAllBytes_isRefused() {
    Map<String, Integer> ids = new LinkedHashMap<>(Map.of("a", 0, "<0x41>", 1));
    String json =
        new TokenizerFile().vocabulary(ids, List.of()).option("byte_fallback", "true").json();
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the vocabulary has only 1");
  }

  @Test
  void read_emptyVocabularyOrNoUnits_countsNothing() {
    assertThatThrownBy(() -> read(new TokenizerFile().json()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected at least one token");
    String json = new TokenizerFile().vocabulary(Map.of("", 0), List.of()).json();
    assertThat(read(json).count("text")).isZero();
  }

  private static Encoding read(String json) {
    return TokenizerJson.read("test.json", json, SpecialTokens.AS_TEXT);
  }

  private static TokenizerFile small() {
    Map<String, Integer> ids = new LinkedHashMap<>();
    ids.put("a", 0);
    ids.put("b", 1);
    ids.put("c", 2);
    ids.put("ab", 3);
    ids.put("abc", 9);
    ids.put("bc", 5);
    return new TokenizerFile()
        .vocabulary(
            ids,
            List.of(new String[] {"a", "b"}, new String[] {"b", "c"}, new String[] {"ab", "c"}))
        .member("decoder", TokenizerFile.byteLevel(true, true));
  }
}
