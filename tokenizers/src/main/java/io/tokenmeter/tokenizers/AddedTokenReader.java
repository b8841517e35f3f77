package io.tokenmeter.tokenizers;

import io.tokenmeter.tokenizers.AddedTokens.AddedToken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Reads the {@code added_tokens} of a {@code tokenizer.json}. */
final class AddedTokenReader {
  private static final int MOST = 1 << 17;

  private final List<Entry> entries = new ArrayList<>();

  /**
   * @param json for errors
   * @param normalized whether it is looked for in the normalised text
   */
  private record Entry(JsonValue json, AddedToken token, boolean normalized, boolean special) {}

  void read(JsonReader reader) {
    if (reader.peek() == 'n') {
      reader.skip();
      return;
    }
    reader.array(
        index -> {
          if (index == MOST) {
            throw reader.error("more than " + MOST + " added tokens");
          }
          reader.beginComponent();
          add(reader.value());
        });
  }

  private void add(JsonValue json) {
    json.allow("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
    int id = json.required("id").wholeNumber();
    if (id >= BpeModelReader.MOST_IDS) {
      throw json.required("id").error("expected a number below " + BpeModelReader.MOST_IDS);
    }
    String content = json.text("content");
    int length = content.getBytes(StandardCharsets.UTF_8).length;
    if (length > AddedTokens.LONGEST) {
      throw json.error(
          "the content has " + length + " bytes; expected at most " + AddedTokens.LONGEST);
    }
    boolean special = json.flag("special", false);
    entries.add(
        new Entry(
            json,
            new AddedToken(
                id,
                content,
                json.flag("single_word", false),
                json.flag("lstrip", false),
                json.flag("rstrip", false)),
            json.flag("normalized", !special),
            special));
  }

  /** Gives tokens of the vocabulary the ids that they have there, and refuses conflicts. */
  void resolve(BpeModelReader model) {
    Map<Integer, String> contents = new HashMap<>();
    for (int index = 0; index < model.size(); index++) {
      contents.put(model.id(index), model.token(index));
    }
    Set<String> known = new HashSet<>();
    List<Entry> resolved = new ArrayList<>();
    for (Entry entry : entries) {
      AddedToken token = entry.token();
      int index = model.index(token.content());
      int id = index < 0 ? token.id() : model.id(index);
      String before = contents.putIfAbsent(id, token.content());
      if (before != null && !before.equals(token.content())) {
        throw entry.json().error("the id " + id + " is that of another token");
      }
      if (!token.content().isEmpty() && known.add(token.content())) {
        AddedToken withId =
            new AddedToken(
                id, token.content(), token.singleWord(), token.stripLeft(), token.stripRight());
        resolved.add(new Entry(entry.json(), withId, entry.normalized(), entry.special()));
      }
    }
    entries.clear();
    entries.addAll(resolved);
  }

  /** Those that are looked for in the text as it is. */
  AddedTokens before(SpecialTokens specialTokens) {
    return new AddedTokens(
        entries.stream()
            .filter(entry -> !entry.normalized() && isLookedFor(entry, specialTokens))
            .map(Entry::token)
            .toList());
  }

  /** Those that are looked for in the normalised text, themselves normalised. */
  AddedTokens normalized(SpecialTokens specialTokens, List<UnaryOperator<Stage>> normalizer) {
    Map<String, AddedToken> tokens = new HashMap<>();
    for (Entry entry : entries) {
      if (entry.normalized() && isLookedFor(entry, specialTokens)) {
        AddedToken token = entry.token();
        String content = normalized(token.content(), normalizer);
        AddedToken changed =
            new AddedToken(
                token.id(), content, token.singleWord(), token.stripLeft(), token.stripRight());
        if (!content.isEmpty() && tokens.putIfAbsent(content, changed) != null) {
          throw entry.json().error("another added token is the same once it is normalised");
        }
      }
    }
    return new AddedTokens(List.copyOf(tokens.values()));
  }

  private static boolean isLookedFor(Entry entry, SpecialTokens specialTokens) {
    return !entry.special() || specialTokens == SpecialTokens.AS_TOKENS;
  }

  private static String normalized(String content, List<UnaryOperator<Stage>> normalizer) {
    CollectingStage collected = new CollectingStage();
    Stage first = collected;
    for (int i = normalizer.size() - 1; i >= 0; i--) {
      first = normalizer.get(i).apply(first);
    }
    byte[] utf8 = content.getBytes(StandardCharsets.UTF_8);
    first.append(utf8, 0, utf8.length);
    first.endSection();
    return collected.text();
  }

  BitSet special() {
    BitSet special = new BitSet();
    entries.stream().filter(Entry::special).forEach(entry -> special.set(entry.token().id()));
    return special;
  }

  /** All tokens, those of the vocabulary too, by id. */
  String[] tokensById(BpeModelReader model) {
    int most = entries.stream().mapToInt(entry -> entry.token().id()).max().orElse(0);
    for (int index = 0; index < model.size(); index++) {
      most = Math.max(most, model.id(index));
    }
    String[] tokens = new String[most + 1];
    Arrays.fill(tokens, "");
    for (int index = 0; index < model.size(); index++) {
      tokens[model.id(index)] = model.token(index);
    }
    entries.forEach(entry -> tokens[entry.token().id()] = entry.token().content());
    return tokens;
  }

  /** Keeps what comes to it. */
  private static final class CollectingStage extends Stage {
    private final ByteQueue text = new ByteQueue();

    CollectingStage() {
      super(null);
    }

    String text() {
      return new String(text.bytes(), text.start(), text.length(), StandardCharsets.UTF_8);
    }

    @Override
    void append(byte[] utf8, int from, int to) {
      text.append(utf8, from, to);
    }

    @Override
    void endSection() {
      // there is one section only
    }

    @Override
    void reset() {
      text.clear();
    }

    @Override
    void copyFrom(Stage other) {
      throw new UnsupportedOperationException();
    }
  }
}
