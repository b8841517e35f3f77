package io.tokenmeter.tokenizers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Trains small vocabularies, the plain way: the most frequent pair merges next. */
final class BpeTrainer {
  private final Set<String> tokens = new LinkedHashSet<>();
  private final List<String[]> merges = new ArrayList<>();

  /**
   * @param words what is merged within
   * @param most how many merges
   */
  static BpeTrainer train(List<String> words, int most) {
    BpeTrainer trainer = new BpeTrainer();
    List<List<String>> split = new ArrayList<>();
    for (String word : words) {
      List<String> symbols =
          new ArrayList<>(word.codePoints().mapToObj(Character::toString).toList());
      trainer.tokens.addAll(symbols);
      split.add(symbols);
    }
    while (trainer.merges.size() < most && trainer.step(split)) {
      // one merge more
    }
    return trainer;
  }

  private boolean step(List<List<String>> words) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (List<String> word : words) {
      for (int i = 0; i + 1 < word.size(); i++) {
        counts.merge(word.subList(i, i + 2), 1, Integer::sum);
      }
    }
    List<String> best =
        counts.entrySet().stream()
            .max(
                Map.Entry.<List<String>, Integer>comparingByValue()
                    .thenComparing(entry -> entry.getKey().toString()))
            .map(Map.Entry::getKey)
            .map(List::copyOf)
            .orElse(List.of());
    if (best.isEmpty()) {
      return false;
    }
    String merged = best.get(0) + best.get(1);
    tokens.add(merged);
    merges.add(best.toArray(String[]::new));
    for (List<String> word : words) {
      for (int i = 0; i + 1 < word.size(); i++) {
        if (word.get(i).equals(best.get(0)) && word.get(i + 1).equals(best.get(1))) {
          word.set(i, merged);
          word.remove(i + 1);
        }
      }
    }
    return true;
  }

  /** The file with this vocabulary; ids are given at random, so that they say nothing of merges. */
  TokenizerFile into(TokenizerFile file, Random random, String... more) {
    Set<String> all = new LinkedHashSet<>(Arrays.asList(more));
    all.addAll(tokens);
    List<Integer> ids = new ArrayList<>();
    for (int id = 0; id < all.size(); id++) {
      ids.add(id);
    }
    Collections.shuffle(ids, random);
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    int next = 0;
    for (String token : all) {
      vocabulary.put(token, ids.get(next++));
    }
    return file.vocabulary(vocabulary, merges);
  }

  List<String[]> merges() {
    return merges;
  }
}
