package io.tokenmeter.providers.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Jackson reads, and refuses, {@link BodyParser} reads and refuses. */
class BodyParserTest {
  private static final String UNREADABLE = "unreadable";
  private static final int MUTATIONS = 20_000;

  private static final String DOCUMENT =
      """
      \t{"model" : "gpt-4o", "n":1,"temperature":-0.5e+3, "seed":-9223372036854775808,\r
       "stream":true,"stop":null,"store":false, "empty":{}, "none":[ ], "zero":0, "e":1E2,
       "messages":[{"role":"user","content":"a \\"quoted\\" line\\n, a tab\\t and \\/ \\b\\f\\r\\\\"},
        {"role":"system","content":"Gr\u00fc\u00dfe, \u4f60\u597d, \ud83d\ude80; \\u00e9 \\ud83d\\ude80 and a longer tail of it"}],
       "de\\u0065p":[[[1,2,[3]],"x"],{"y":{"z":[true,[],{}]}}], "big":123456789012345678901234567890}
      """;

  @Test
  void read_document_asJacksonDoes() {
    assertThat(ours(DOCUMENT.getBytes(UTF_8)))
        .doesNotContain(UNREADABLE)
        .isEqualTo(jacksons(DOCUMENT.getBytes(UTF_8)));
  }

  @Test
  void read_mutatedDocuments_asJacksonDoes() {
    Random random = new Random(20261125);
    byte[] document = DOCUMENT.getBytes(UTF_8);
    int read = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutated = mutated(document, random);
      List<String> ours = ours(mutated);
      read += ours.contains(UNREADABLE) ? 0 : 1;
      assertThat(ours)
          .as("mutation %d: %s", i, new String(mutated, UTF_8))
          .isEqualTo(jacksons(mutated));
    }
    assertThat(read).isBetween(MUTATIONS / 20, MUTATIONS - MUTATIONS / 20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "[,1]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{\"a\" 1}",
        "{,}",
        "{\"a\":}",
        "[1 2]",
        "[01]",
        "[-]",
        "[1.]",
        "[.5]",
        "[1e]",
        "[+1]",
        "[nul]",
        "[truefalse]",
        "[\"\\x\"]",
        "[\"\\u12g4\"]",
        "[\"a\nb\"]",
        "[\"a]",
        "{} {}",
        "{}x",
        "[1]]",
        "{1:2}",
        "['a']",
        "[NaN]",
        "//\n[]",
        "[\"\u0000\"]"
      })
  void read_malformed_unreadableToBoth(String document) {
    byte[] body = document.getBytes(UTF_8);
    assertThat(isDocument(jacksons(body))).as("Jackson").isFalse();
    assertThat(isDocument(ours(body))).isFalse();
  }

  private static boolean isDocument(List<String> tokens) {
    return !tokens.isEmpty() && !tokens.contains(UNREADABLE);
  }

  @Test
  void read_stringsOfEveryLength_atEveryOffset() throws IOException {
    for (int length = 0; length < 40; length++) {
      for (String special : List.of("", "\\n", "\u00e9", "\\u20ac")) {
        for (int at = 0; at <= length; at++) {
          String inside = "x".repeat(at) + special + "y".repeat(length - at);
          BodyParser parser = new BodyParser(("\"" + inside + "\"").getBytes(UTF_8));
          assertThat(parser.nextToken()).isEqualTo(JsonToken.VALUE_STRING);
          assertThat(parser.text())
              .isEqualTo(inside.replace("\\n", "\n").replace("\\u20ac", "\u20ac"));
          assertThat(parser.nextToken()).isNull();
        }
      }
    }
  }

  @Test
  void read_tooDeep_unreadable() {
    assertThat(ours(("[".repeat(200) + "]".repeat(200)).getBytes(UTF_8)))
        .doesNotContain(UNREADABLE);
    assertThat(ours(("[".repeat(201) + "]".repeat(201)).getBytes(UTF_8))).contains(UNREADABLE);
  }

  private static List<String> ours(byte[] body) {
    List<String> tokens = new ArrayList<>();
    try {
      BodyParser parser = new BodyParser(body);
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        String text =
            switch (token) {
              case FIELD_NAME -> parser.currentName();
              case VALUE_STRING -> parser.text();
              case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                  new String(
                      body, parser.tokenStart(), parser.tokenEnd() - parser.tokenStart(), UTF_8);
              default -> "";
            };
        tokens.add(token + " " + replaced(text));
      }
    } catch (IOException unreadable) {
      return List.of(UNREADABLE);
    }
    return tokens;
  }

  private static List<String> jacksons(byte[] body) {
    List<String> tokens = new ArrayList<>();
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      boolean ended = false;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (ended) {
          return List.of(UNREADABLE); // a second document
        }
        ended = parser.getParsingContext().inRoot();
        boolean hasText = token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME;
        tokens.add(token + " " + (hasText || token.isNumeric() ? replaced(parser.getText()) : ""));
      }
      return tokens;
    } catch (IOException unreadable) {
      return List.of(UNREADABLE);
    }
  }

  /** Lone surrogates cannot be told from U+FFFD by who counts. */
  private static String replaced(String text) {
    return new String(text.getBytes(UTF_8), UTF_8).replace('\ufffd', '?');
  }

  /** Bits are flipped, pieces cut out, doubled and cut off; all stays ASCII or well-formed. */
  private static byte[] mutated(byte[] document, Random random) {
    byte[] bytes = document.clone();
    for (int times = 1 + random.nextInt(2); times > 0; times--) {
      int at = random.nextInt(bytes.length);
      int length = Math.min(bytes.length - at, random.nextInt(6));
      switch (random.nextInt(4)) {
        case 0 ->
            bytes[at] = bytes[at] < 0 ? bytes[at] : (byte) (bytes[at] ^ 1 << random.nextInt(7));
        case 1 -> bytes = Arrays.copyOf(bytes, at + 1);
        case 2 -> bytes = joined(bytes, at, at + length);
        default -> bytes = joined(bytes, at + length, at);
      }
    }
    return bytes;
  }

  /** Everything up to a place, then everything from another one on. */
  private static byte[] joined(byte[] bytes, int to, int from) {
    byte[] all = Arrays.copyOf(bytes, Math.max(1, to + bytes.length - from));
    System.arraycopy(bytes, from, all, to, bytes.length - from);
    return all;
  }
}
