package io.tokenmeter.providers.openai;

import io.tokenmeter.providers.wire.JsonCursor;
import java.io.IOException;

/** Whether a {@code tool_choice} leaves the model no choice but to call a tool. */
final class ToolChoice {
  private ToolChoice() {}

  /** A word, or an object: a named tool, or a list of allowed ones with a mode of its own. */
  static boolean isForced(JsonCursor json) throws IOException {
    if (!json.isObject()) {
      return isForcing(json.text("auto"));
    }
    boolean[] forced = {true};
    json.eachField(
        name -> {
          if (name.equals("mode")) {
            forced[0] = isForcing(json.text("auto"));
          } else if (name.equals("type")) {
            forced[0] &= !isLeaving(json.text(""));
          } else if (name.equals("allowed_tools") && json.isObject()) {
            forced[0] = isForced(json);
          }
        });
    return forced[0];
  }

  /** Anthropic's form of the words, which proxies let through. */
  private static boolean isLeaving(String type) {
    return type.equals("auto") || type.equals("none");
  }

  private static boolean isForcing(String word) {
    return word.equals("required") || word.equals("any");
  }
}
