package io.tokenmeter.tokenizers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Turns ids back into text: looks up the tokens, and has the steps of the file's decoder change
 * them, one after the other. Special tokens are left out. Immutable.
 */
final class TokenDecoder {
  private final byte[] utf8;
  private final int[] offsets;
  private final BitSet special;
  private final List<UnaryOperator<List<String>>> steps;
  private final String separator;

  /**
   * @param tokens the tokens by id; empty for an id that is none
   * @param steps each takes what the one before it made of the tokens
   * @param separator what is put between what the last step made
   */
  TokenDecoder(
      String[] tokens, BitSet special, List<UnaryOperator<List<String>>> steps, String separator) {
    this.special = special;
    this.steps = List.copyOf(steps);
    this.separator = separator;
    this.offsets = new int[tokens.length + 1];
    byte[][] encoded = new byte[tokens.length][];
    for (int id = 0; id < tokens.length; id++) {
      encoded[id] = tokens[id].getBytes(StandardCharsets.UTF_8);
      offsets[id + 1] = offsets[id] + encoded[id].length;
    }
    this.utf8 = new byte[offsets[tokens.length]];
    for (int id = 0; id < tokens.length; id++) {
      System.arraycopy(encoded[id], 0, utf8, offsets[id], encoded[id].length);
    }
  }

  String decode(int[] ids) {
    List<String> tokens = new ArrayList<>(ids.length);
    for (int id : ids) {
      if (id >= 0 && id < offsets.length - 1 && offsets[id] < offsets[id + 1] && !special.get(id)) {
        tokens.add(
            new String(utf8, offsets[id], offsets[id + 1] - offsets[id], StandardCharsets.UTF_8));
      }
    }
    for (UnaryOperator<List<String>> step : steps) {
      tokens = step.apply(tokens);
    }
    return String.join(separator, tokens);
  }
}
