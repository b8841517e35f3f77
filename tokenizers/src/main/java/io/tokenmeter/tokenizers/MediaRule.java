package io.tokenmeter.tokenizers;

/**
 * What images, audio and files cost a model.
 *
 * @param unknownWidth pixels, assumed where only an address is known
 * @param unknownHeight pixels
 * @param audioTokensPerSecond of sound
 * @param audioBytesPerSecond of the encoded sound, assumed
 * @param textBytesPerToken of a text file
 * @param fileBytesPerToken of any other file
 * @param referenceTokens of a file that is only referred to
 */
record MediaRule(
    ImageRule image,
    int unknownWidth,
    int unknownHeight,
    double audioTokensPerSecond,
    double audioBytesPerSecond,
    double textBytesPerToken,
    double fileBytesPerToken,
    long referenceTokens) {

  static MediaRule of(CountingRules rules, String provider, String model) {
    double[] unknown = rules.require("image-unknown", provider, model);
    double[] audio = rules.require("audio", provider, model);
    double[] file = rules.require("file", provider, model);
    return new MediaRule(
        ImageRule.of(rules.require("image", provider, model)),
        (int) unknown[0],
        (int) unknown[1],
        audio[0],
        audio[1],
        file[0],
        file[1],
        (long) file[2]);
  }

  void countImage(Prompt.Image part, RequestTokens tokens) {
    if (part.width() > 0 && part.height() > 0) {
      tokens.exact += image.tokens(part.width(), part.height(), part.detail());
    } else {
      tokens.rough += image.tokens(unknownWidth, unknownHeight, part.detail());
    }
  }

  long audioTokens(Prompt.Audio part) {
    return (long) Math.ceil(part.bytes() / audioBytesPerSecond * audioTokensPerSecond);
  }

  long fileTokens(Prompt.File part) {
    if (part.bytes() <= 0) {
      return referenceTokens;
    }
    boolean text = part.mediaType().startsWith("text/");
    return (long) Math.ceil(part.bytes() / (text ? textBytesPerToken : fileBytesPerToken));
  }
}
