package io.tokenmeter.tokenizers;

/**
 * What images, audio and files cost a model.
 *
 * @param original of images that are not to be made smaller
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
    ImageRule original,
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
    double[] image = rules.require("image", provider, model);
    return new MediaRule(
        ImageRule.of(image),
        ImageRule.of(rules.find("image-original", provider, model).orElse(image)),
        (int) unknown[0],
        (int) unknown[1],
        audio[0],
        audio[1],
        file[0],
        file[1],
        (long) file[2]);
  }

  void countImage(Prompt.Image part, RequestTokens tokens) {
    ImageRule rule = part.detail() == Prompt.Image.Detail.ORIGINAL ? original : image;
    if (part.width() > 0 && part.height() > 0) {
      tokens.exact += rule.tokens(part.width(), part.height(), part.detail());
    } else {
      tokens.rough += rule.tokens(unknownWidth, unknownHeight, part.detail());
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
