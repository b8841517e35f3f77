package io.tokenmeter.tokenizers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns a model as its file has it into one that pieces are encoded with: finds out which tokens
 * merging can make, and by which merge, and numbers them in the order in which they merge.
 */
final class BpeModelBuilder {
  private static final int NONE = -1;
  private static final byte[] NOT_SPELLED = {};

  private final BpeModelReader source;
  private final PreTokenizerReader preTokenizer;
  private final boolean byteLevel;
  private final byte[][] spelled;
  private final BitSet known = new BitSet();

  /** By rank, the token that this merge makes, as far as it is the one that is ever made. */
  private final int[] made;

  private final List<byte[]> tokens = new ArrayList<>();
  private final List<Integer> indexes = new ArrayList<>();
  private final int[] numbers;

  BpeModelBuilder(BpeModelReader source, PreTokenizerReader preTokenizer) {
    this.source = source;
    this.preTokenizer = preTokenizer;
    this.byteLevel = preTokenizer.isByteLevel();
    this.spelled = new byte[source.size()][];
    this.numbers = new int[source.size()];
    this.made = new int[source.merges().size()];
  }

  TokenizerModel build() {
    spell();
    int unknownToken = source.unknown();
    Spelling.Unknown unknown = unknown(unknownToken);
    addUnits();
    if (unknown == Spelling.Unknown.BYTES) {
      for (int value = 0; value < 0x100; value++) {
        add(Spelling.ofByte(value), source.index(DecoderReader.byteToken(value)));
      }
    } else if (unknown != Spelling.Unknown.NOTHING) {
      add(Spelling.ofUnknown(), unknownToken);
    }
    int units = tokens.size();
    findMerges();
    Vocabulary vocabulary = vocabulary(units);
    WholeTokens wholeTokens = wholeTokens();
    PreTokenizer cutter = preTokenizer.known();
    if (cutter == null) {
      cutter = borders(units, unknown, wholeTokens);
    }
    Spelling spelling =
        byteLevel ? Spelling.inBytes(known, unknown) : Spelling.inCharacters(known, unknown);
    int[] ids = indexes.stream().mapToInt(source::id).toArray();
    return new TokenizerModel(cutter, vocabulary, spelling, ids, wholeTokens);
  }

  /** The bytes of each token as it stands in a text; empty for one that can stand in none. */
  private void spell() {
    long total = 0;
    for (int index = 0; index < spelled.length; index++) {
      String token = source.token(index);
      byte[] bytes = byteLevel ? ByteAlphabet.bytes(token) : token.getBytes(StandardCharsets.UTF_8);
      if (bytes != null && bytes.length > 0 && isText(bytes)) {
        spelled[index] = bytes;
        total += bytes.length;
      } else {
        spelled[index] = NOT_SPELLED;
      }
      numbers[index] = NONE;
    }
    if (total > VocabularyBuilder.MOST_BYTES) {
      throw source.error(
          "the tokens have " + total + " bytes; expected at most " + VocabularyBuilder.MOST_BYTES);
    }
  }

  private static boolean isText(byte[] bytes) {
    for (byte value : bytes) {
      if ((value & 0xFF) >= Spelling.BEYOND_UTF8) {
        return false;
      }
    }
    return true;
  }

  private Spelling.Unknown unknown(int unknownToken) {
    if (source.flag("byte_fallback")) {
      int there = 0;
      for (int value = 0; value < 0x100; value++) {
        there += source.index(DecoderReader.byteToken(value)) >= 0 ? 1 : 0;
      }
      if (there != 0 && byteLevel) {
        throw source.error("byte_fallback is not supported with the pre-tokenizer ByteLevel");
      }
      if (there == 0x100) {
        return Spelling.Unknown.BYTES;
      }
      if (there != 0) {
        throw source.error(
            "byte_fallback, but of the tokens <0x00> to <0xFF> the vocabulary has only " + there);
      }
    }
    if (unknownToken < 0) {
      return Spelling.Unknown.NOTHING;
    }
    return source.flag("fuse_unk") ? Spelling.Unknown.FUSED_TOKEN : Spelling.Unknown.TOKEN;
  }

  private void addUnits() {
    for (int index = 0; index < spelled.length; index++) {
      byte[] bytes = spelled[index];
      if (bytes.length > 0 && unitEnd(bytes, 0) == bytes.length) {
        known.set(byteLevel ? bytes[0] & 0xFF : Utf8.codePoint(bytes, 0));
        numbers[index] = tokens.size();
        add(bytes, index);
      }
    }
  }

  private void add(byte[] bytes, int index) {
    tokens.add(bytes);
    indexes.add(index);
  }

  private int unitEnd(byte[] bytes, int at) {
    return byteLevel ? at + 1 : at + CharClasses.width(bytes, at);
  }

  /** Finds for each token the merge that makes it, then numbers them in that order. */
  private void findMerges() {
    MergeRules merges = source.merges();
    BitSet candidates = new BitSet();
    for (int rank = 0; rank < merges.size(); rank++) {
      made[rank] = NONE;
      if (spelled[merges.merged(rank)].length > 0) {
        candidates.set(merges.merged(rank));
      }
    }
    int[] units = new int[VocabularyBuilder.LONGEST];
    candidates.stream().forEach(index -> findMerge(index, units));
    for (int rank = 0; rank < made.length; rank++) {
      if (made[rank] != NONE) {
        numbers[made[rank]] = tokens.size();
        add(spelled[made[rank]], made[rank]);
      }
    }
  }

  private void findMerge(int index, int[] units) {
    byte[] bytes = spelled[index];
    if (bytes.length > VocabularyBuilder.LONGEST) {
      throw source.error(
          "the token of id "
              + source.id(index)
              + " has "
              + bytes.length
              + " bytes; expected at most "
              + VocabularyBuilder.LONGEST);
    }
    int count = 0;
    for (int at = 0; at < bytes.length; at = unitEnd(bytes, at)) {
      int unit = unit(bytes, at);
      if (unit == NONE) {
        return;
      }
      units[count++] = unit;
    }
    int rank = count < 2 ? NONE : source.merges().lastMerge(units, count, index);
    if (rank != NONE) {
      made[rank] = index;
    }
  }

  private int unit(byte[] bytes, int at) {
    int unit =
        byteLevel
            ? source.index(String.valueOf(ByteAlphabet.character(bytes[at] & 0xFF)))
            : source.index(Character.toString(Utf8.codePoint(bytes, at)));
    return unit;
  }

  private Vocabulary vocabulary(int units) {
    int[] left = new int[tokens.size()];
    int[] right = new int[tokens.size()];
    for (int token = 0; token < units; token++) {
      left[token] = NONE;
    }
    int token = units;
    for (int rank = 0; rank < made.length; rank++) {
      if (made[rank] != NONE) {
        left[token] = numbers[source.merges().left(rank)];
        right[token] = numbers[source.merges().right(rank)];
        token++;
      }
    }
    return new VocabularyBuilder(tokens.toArray(byte[][]::new), left, right).build();
  }

  /** With {@code ignore_merges} a piece may be a token that merging does not make of it. */
  private @Nullable WholeTokens wholeTokens() {
    if (!source.flag("ignore_merges")) {
      return null;
    }
    List<byte[]> wholes = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    for (int index = 0; index < spelled.length; index++) {
      byte[] bytes = spelled[index];
      if (bytes.length > 0 && numbers[index] == NONE) {
        wholes.add(bytes);
        ids.add(source.id(index));
      }
    }
    return wholes.isEmpty() ? null : new WholeTokens(wholes, ids);
  }

  private PreTokenizer borders(
      int units, Spelling.Unknown unknown, @Nullable WholeTokens wholeTokens) {
    int wordStart = preTokenizer.wordStart();
    boolean unknownJoins =
        unknown == Spelling.Unknown.FUSED_TOKEN || unknown == Spelling.Unknown.NOTHING;
    if (byteLevel || unknownJoins || wholeTokens != null) {
      return CharacterBorders.before(wordStart);
    }
    List<byte[]> merged = tokens.subList(units, tokens.size());
    CharacterBorders borders =
        CharacterBorders.between(merged.stream().mapToInt(bytes -> bytes.length).sum(), wordStart);
    merged.forEach(borders::add);
    return borders;
  }
}
