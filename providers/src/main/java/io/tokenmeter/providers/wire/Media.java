package io.tokenmeter.providers.wire;

import io.tokenmeter.tokenizers.ImageSize;
import io.tokenmeter.tokenizers.Prompt;
import io.tokenmeter.tokenizers.Prompt.Image.Detail;
import java.util.Locale;

/** Images, sound and documents of a prompt. */
public final class Media {
  private static final int LONGEST_MEDIA_TYPE = 128;

  private Media() {}

  /** What stands in the request itself. */
  public static Prompt.Part ofBase64(String mediaType, RawText base64, Detail detail) {
    String type = mediaType.toLowerCase(Locale.ROOT);
    if (type.startsWith("image/")) {
      ImageSize size = ImageSize.ofBase64(base64);
      return new Prompt.Image(size.width(), size.height(), detail);
    }
    return type.startsWith("audio/")
        ? new Prompt.Audio(decodedBytes(base64))
        : new Prompt.File(type, decodedBytes(base64));
  }

  /** What only its address is known of. */
  public static Prompt.Part ofReference(String mediaType, Detail detail) {
    String type = mediaType.toLowerCase(Locale.ROOT);
    if (type.startsWith("image/")) {
      return new Prompt.Image(0, 0, detail);
    }
    return type.startsWith("audio/") ? new Prompt.Audio(0) : new Prompt.File(type, 0);
  }

  /**
   * What a URL stands for, which may hold the data itself.
   *
   * @param mediaType assumed where the URL does not say
   */
  public static Prompt.Part ofUrl(String mediaType, RawText url, Detail detail) {
    if (!url.startsWith("data:")) {
      return ofReference(mediaType, detail);
    }
    int typeEnd = "data:".length();
    while (typeEnd < url.length() && url.charAt(typeEnd) != ';' && url.charAt(typeEnd) != ',') {
      typeEnd++;
    }
    int data = typeEnd;
    while (data < url.length() && url.charAt(data) != ',') {
      data++;
    }
    if (data == url.length() || typeEnd > LONGEST_MEDIA_TYPE) {
      return ofReference(mediaType, detail);
    }
    // Some encoders escape the slash.
    String stated = url.subSequence("data:".length(), typeEnd).toString().replace("\\", "");
    return ofBase64(
        stated.isEmpty() ? mediaType : stated, url.subSequence(data + 1, url.length()), detail);
  }

  /** How many bytes a base64 text stands for. */
  public static long decodedBytes(CharSequence base64) {
    int length = base64.length();
    while (length > 0 && base64.charAt(length - 1) == '=') {
      length--;
    }
    return length * 3L / 4;
  }

  /** How closely the model is asked to look. */
  public static Detail detail(String wire) {
    return switch (wire) {
      case "low" -> Detail.LOW;
      case "high" -> Detail.HIGH;
      case "original" -> Detail.ORIGINAL;
      default -> Detail.AUTO;
    };
  }
}
