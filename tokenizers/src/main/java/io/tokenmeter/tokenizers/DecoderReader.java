package io.tokenmeter.tokenizers;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Reads the {@code decoder} of a {@code tokenizer.json}. */
final class DecoderReader {
  private static final String SUPPORTED =
      "expected ByteLevel, Replace, ByteFallback, Fuse, Strip, Metaspace, or a Sequence of these";
  private static final String REPLACEMENT = "\uFFFD";

  private final List<UnaryOperator<List<String>>> steps = new ArrayList<>();

  private DecoderReader() {}

  static List<UnaryOperator<List<String>>> read(JsonValue decoder) {
    DecoderReader reader = new DecoderReader();
    reader.add(decoder);
    return reader.steps;
  }

  private void add(JsonValue decoder) {
    switch (decoder.type()) {
      case "Sequence" -> {
        decoder.allow("type", "decoders");
        decoder.required("decoders").items().forEach(this::add);
      }
      case "ByteLevel" -> steps.add(DecoderReader::fromBytes);
      case "ByteFallback" -> steps.add(DecoderReader::fromByteTokens);
      case "Fuse" -> steps.add(tokens -> List.of(String.join("", tokens)));
      case "Replace" -> {
        decoder.allow("type", "pattern", "content");
        String pattern = decoder.required("pattern").text("String");
        String content = decoder.text("content");
        steps.add(each(token -> token.replace(pattern, content)));
      }
      case "Strip" -> addStrip(decoder);
      case "Metaspace" -> addMetaspace(decoder);
      default ->
          throw decoder
              .required("type")
              .error(
                  "the decoder "
                      + decoder.required("type").shown()
                      + " is not supported; "
                      + SUPPORTED);
    }
  }

  private static UnaryOperator<List<String>> each(UnaryOperator<String> change) {
    return tokens -> tokens.stream().map(change).toList();
  }

  private static List<String> fromBytes(List<String> tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String token : tokens) {
      byte[] level = ByteAlphabet.bytes(token);
      bytes.writeBytes(level == null ? token.getBytes(StandardCharsets.UTF_8) : level);
    }
    return List.of(bytes.toString(StandardCharsets.UTF_8));
  }

  /** Bytes in a row become their text, or if they are none U+FFFD each. */
  private static List<String> fromByteTokens(List<String> tokens) {
    List<String> texts = new ArrayList<>();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String token : tokens) {
      int value = byteOf(token);
      if (value >= 0) {
        bytes.write(value);
      } else {
        endBytes(bytes, texts);
        texts.add(token);
      }
    }
    endBytes(bytes, texts);
    return texts;
  }

  private static void endBytes(ByteArrayOutputStream bytes, List<String> texts) {
    if (bytes.size() > 0) {
      try {
        ByteBuffer content = ByteBuffer.wrap(bytes.toByteArray());
        texts.add(StandardCharsets.UTF_8.newDecoder().decode(content).toString());
      } catch (CharacterCodingException noText) {
        texts.add(REPLACEMENT.repeat(bytes.size()));
      }
      bytes.reset();
    }
  }

  /** The name of the token for a byte, where bytes stand for unknown characters. */
  static String byteToken(int value) {
    return String.format(Locale.ROOT, "<0x%02X>", value);
  }

  private static int byteOf(String token) {
    if (token.length() != 6 || !token.startsWith("<0x") || !token.endsWith(">")) {
      return -1;
    }
    int high = Character.digit(token.charAt(3), 16);
    int low = Character.digit(token.charAt(4), 16);
    return high < 0 || low < 0 || token.charAt(3) > 'f' || token.charAt(4) > 'f'
        ? -1
        : high << 4 | low;
  }

  private void addStrip(JsonValue decoder) {
    decoder.allow("type", "content", "start", "stop");
    String content = decoder.text("content");
    if (content.codePointCount(0, content.length()) != 1) {
      throw decoder.required("content").error("expected one character");
    }
    int start = decoder.required("start").wholeNumber();
    int stop = decoder.required("stop").wholeNumber();
    steps.add(each(token -> stripped(token, content, start, stop)));
  }

  private static String stripped(String token, String content, int start, int stop) {
    int from = 0;
    for (int i = 0; i < start && token.startsWith(content, from); i++) {
      from += content.length();
    }
    int to = token.length();
    for (int i = 0;
        i < stop
            && to - content.length() >= from
            && token.startsWith(content, to - content.length());
        i++) {
      to -= content.length();
    }
    return token.substring(from, to);
  }

  private void addMetaspace(JsonValue decoder) {
    String replacement = MetaspaceRule.of(decoder).replacement();
    boolean prefixed = !MetaspaceRule.of(decoder).prefix().equals(MetaspaceRule.Prefix.NEVER);
    steps.add(
        tokens -> {
          List<String> texts = new ArrayList<>();
          for (String token : tokens) {
            boolean first = texts.isEmpty() && prefixed;
            texts.add(token.replace(replacement, first ? "" : " "));
          }
          return texts;
        });
  }
}
