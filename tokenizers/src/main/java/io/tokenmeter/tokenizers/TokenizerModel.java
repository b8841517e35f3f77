package io.tokenmeter.tokenizers;

import org.jspecify.annotations.Nullable;

/**
 * How pieces become tokens. Immutable.
 *
 * @param preTokenizer cuts a section into pieces
 * @param vocabulary the tokens that merging makes, numbered in the order in which they merge
 * @param spelling what stands for what the vocabulary does not know
 * @param ids the model's own id of each token of the vocabulary
 * @param wholeTokens the model's own ids of tokens that a piece may be as a whole, though merging
 *     does not make them
 */
record TokenizerModel(
    PreTokenizer preTokenizer,
    Vocabulary vocabulary,
    Spelling spelling,
    int[] ids,
    @Nullable WholeTokens wholeTokens) {

  /** The model's own id of a token of the vocabulary. */
  int id(int token) {
    return ids[token];
  }

  /** The id of the token that the piece is, whatever merging makes of it; or -1. */
  int wholeToken(byte[] utf8, int from, int to) {
    return wholeTokens == null ? WholeTokens.NONE : wholeTokens.find(utf8, from, to);
  }
}
