package io.tokenmeter.tokenizers;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the {@code model} of a {@code tokenizer.json}, which must be of the type BPE. */
final class BpeModelReader {
  /** Token ids are below that. */
  static final int MOST_IDS = 1 << 22;

  /** The vocabulary's own limit is 2^20, with some for what is not in the file. */
  private static final int MOST_TOKENS = 1_000_000;

  private static final int MOST_MERGES = 1 << 22;

  private final Map<String, Integer> indexes = new HashMap<>();
  private String[] tokens = new String[1024];
  private int[] ids = new int[1024];
  private @Nullable MergeRules merges;
  private @Nullable JsonReader vocabulary;
  private @Nullable JsonReader listedMerges;
  private JsonValue self = new JsonValue("", "", null);

  /** Reads the model that comes next. */
  void read(JsonReader reader) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    reader.object(
        key -> {
          switch (key) {
            case "vocab" -> {
              vocabulary = reader.reader(reader.position(), "model.vocab");
              reader.skip();
            }
            case "merges" -> {
              listedMerges = reader.reader(reader.position(), "model.merges");
              reader.skip();
            }
            default -> {
              JsonValue option = reader.value();
              if (members.put(key, option) != null) {
                throw option.error("there twice");
              }
              if (key.equals("type")) {
                requireBpe(option);
              }
            }
          }
        });
    self = reader.here(members);
    checkOptions();
    readVocabulary();
    readMerges();
  }

  private static void requireBpe(JsonValue type) {
    if (!type.text().equals("BPE")) {
      throw type.error("the model type " + type.shown() + " is not supported; expected BPE");
    }
  }

  private void checkOptions() {
    if (self.member("type") == null && listedMerges == null) {
      throw self.error("has neither a type nor merges; expected a model of the type BPE");
    }
    self.allow(
        "type",
        "dropout",
        "unk_token",
        "continuing_subword_prefix",
        "end_of_word_suffix",
        "fuse_unk",
        "byte_fallback",
        "ignore_merges");
    for (String affix : new String[] {"continuing_subword_prefix", "end_of_word_suffix"}) {
      JsonValue value = self.member(affix);
      if (value != null && !value.text().isEmpty()) {
        throw value.error("this option is not supported; expected null or an empty string");
      }
    }
    JsonValue dropout = self.member("dropout");
    if (dropout != null
        && !(dropout.value() instanceof JsonReader.Number number
            && Double.parseDouble(number.text()) == 0)) {
      throw dropout.error("dropout makes tokens random, which cannot be counted; expected null");
    }
  }

  private void readVocabulary() {
    JsonReader reader = vocabulary;
    if (reader == null) {
      throw self.error("needs a value for 'vocab'");
    }
    boolean[] taken = new boolean[MOST_IDS];
    reader.object(
        token -> {
          int id = reader.wholeNumber(MOST_IDS - 1);
          if (taken[id]) {
            throw reader.error("the id " + id + " is given twice");
          }
          taken[id] = true;
          if (indexes.put(token, indexes.size()) != null) {
            throw reader.error("the token is there twice");
          }
          add(token, id, reader);
        });
    if (indexes.isEmpty()) {
      throw reader.error("expected at least one token");
    }
  }

  private void add(String token, int id, JsonReader reader) {
    int index = indexes.size() - 1;
    if (index == MOST_TOKENS) {
      throw reader.error("more than " + MOST_TOKENS + " tokens");
    }
    if (index == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * index);
      ids = Arrays.copyOf(ids, 2 * index);
    }
    tokens[index] = token;
    ids[index] = id;
  }

  private void readMerges() {
    JsonReader reader = listedMerges;
    if (reader == null) {
      throw self.error("needs a value for 'merges'");
    }
    MergeRules rules = new MergeRules();
    reader.array(
        index -> {
          if (index == MOST_MERGES) {
            throw reader.error("more than " + MOST_MERGES + " merges");
          }
          if (reader.peek() == '[') {
            readPair(reader, rules);
          } else {
            readLine(reader, rules);
          }
        });
    merges = rules;
  }

  /** The newer form: an array of two tokens. */
  private void readPair(JsonReader reader, MergeRules rules) {
    String[] pair = new String[2];
    int[] count = {0};
    reader.array(
        index -> {
          if (index == 2) {
            throw reader.error("expected two tokens");
          }
          pair[index] = reader.string();
          count[0]++;
        });
    if (count[0] != 2) {
      throw reader.error("expected two tokens");
    }
    addMerge(pair[0], pair[1], reader, rules);
  }

  /** The older form: two tokens with a space between them. */
  private void readLine(JsonReader reader, MergeRules rules) {
    String line = reader.string();
    if (line.startsWith("#version")) {
      return;
    }
    int space = line.indexOf(' ');
    if (space < 0 || line.indexOf(' ', space + 1) >= 0) {
      throw reader.error("expected two tokens with one space between them");
    }
    addMerge(line.substring(0, space), line.substring(space + 1), reader, rules);
  }

  private void addMerge(String left, String right, JsonReader reader, MergeRules rules) {
    if (left.isEmpty() || right.isEmpty()) {
      throw reader.error("a merge with an empty token");
    }
    rules.add(index(left, reader), index(right, reader), index(left + right, reader));
  }

  private int index(String token, JsonReader reader) {
    Integer index = indexes.get(token);
    if (index == null) {
      throw reader.error("a merge with a token that is not in the vocabulary");
    }
    return index;
  }

  int size() {
    return indexes.size();
  }

  String token(int index) {
    return tokens[index];
  }

  int id(int index) {
    return ids[index];
  }

  /** The index of a token, or -1. */
  int index(String token) {
    return indexes.getOrDefault(token, -1);
  }

  MergeRules merges() {
    if (merges == null) {
      throw new IllegalStateException("not read");
    }
    return merges;
  }

  boolean flag(String name) {
    return self.flag(name, false);
  }

  /** The index of the token for the unknown, or -1. */
  int unknown() {
    JsonValue unknown = self.member("unk_token");
    if (unknown == null) {
      return -1;
    }
    int index = index(unknown.text());
    if (index < 0) {
      throw unknown.error(unknown.shown() + " is not in the vocabulary");
    }
    return index;
  }

  IllegalArgumentException error(String message) {
    return self.error(message);
  }
}
