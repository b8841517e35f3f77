package io.tokenmeter.engine.attribution;

/** The bounds of what attribution may hold, since it comes from requests and code. */
public final class AttributionValues {
  /** In characters; the rest of a longer value is dropped. */
  public static final int MAX_VALUE_LENGTH = 256;

  private AttributionValues() {}

  /** The value without control characters and surrounding blanks, cut to its length. */
  public static String clean(String value) {
    if (isClean(value)) {
      return value;
    }
    StringBuilder clean = new StringBuilder(Math.min(value.length(), MAX_VALUE_LENGTH));
    for (int i = 0; i < value.length() && clean.length() < MAX_VALUE_LENGTH; i++) {
      char c = value.charAt(i);
      if (!Character.isISOControl(c) && (clean.length() > 0 || c != ' ')) {
        clean.append(c);
      }
    }
    int end = clean.length();
    if (end > 0 && end == MAX_VALUE_LENGTH && Character.isHighSurrogate(clean.charAt(end - 1))) {
      end--;
    }
    while (end > 0 && clean.charAt(end - 1) == ' ') {
      end--;
    }
    return clean.substring(0, end);
  }

  private static boolean isClean(String value) {
    int length = value.length();
    if (length > MAX_VALUE_LENGTH
        || (length > 0 && (value.charAt(0) == ' ' || value.charAt(length - 1) == ' '))) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (Character.isISOControl(value.charAt(i))) {
        return false;
      }
    }
    return true;
  }
}
