package io.tokenmeter.tokenizers;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many tokens a tool's definition costs. */
sealed interface ToolRule {
  long tokens(Prompt.Tool tool, Encoding encoding);

  /** Tokens behind the last tool. */
  default int end() {
    return 0;
  }

  /** The definition is sent as JSON. */
  record AsJson() implements ToolRule {
    @Override
    public long tokens(Prompt.Tool tool, Encoding encoding) {
      long frame =
          (long) encoding.count("{\"name\":\"")
              + encoding.count("\",\"description\":\"")
              + encoding.count("\",\"input_schema\":}");
      return frame
          + encoding.count(tool.name())
          + encoding.count(tool.description())
          + encoding.count(tool.parametersJson());
    }
  }

  /**
   * OpenAI's own rule (cookbook, section 7): so many tokens for each part, and a line of text for
   * the function and for each property. The cookbook stops at the first level; properties of
   * properties count by the same rule here.
   */
  record Cookbook(int function, int properties, int key, int enumeration, int enumItem, int end)
      implements ToolRule {

    /** The numbers of a rule {@code tools}. */
    static Cookbook of(double[] numbers) {
      return new Cookbook(
          (int) numbers[0],
          (int) numbers[1],
          (int) numbers[2],
          (int) numbers[3],
          (int) numbers[4],
          (int) numbers[5]);
    }

    @Override
    public long tokens(Prompt.Tool tool, Encoding encoding) {
      long line = encoding.count(tool.name() + ":" + withoutFullStop(tool.description()));
      if (tool.parametersJson().isEmpty()) {
        return function + line;
      }
      Object schema = JsonText.parse(tool.parametersJson());
      return function
          + line
          + (schema == null
              ? encoding.count(tool.parametersJson())
              : schemaTokens(schema, encoding));
    }

    private long schemaTokens(Object schema, Encoding encoding) {
      if (!(schema instanceof Map<?, ?> members)) {
        return 0;
      }
      long tokens = 0;
      if (members.get("properties") instanceof Map<?, ?> named && !named.isEmpty()) {
        tokens += properties;
        for (Map.Entry<?, ?> property : named.entrySet()) {
          tokens += key + propertyTokens(property.getKey(), property.getValue(), encoding);
        }
      }
      Object items = members.get("items");
      return items == null ? tokens : tokens + schemaTokens(items, encoding);
    }

    private long propertyTokens(Object name, Object schema, Encoding encoding) {
      if (!(schema instanceof Map<?, ?> members)) {
        return encoding.count(name + ":");
      }
      long tokens = schemaTokens(schema, encoding);
      if (members.get("enum") instanceof List<?> values) {
        tokens += enumeration;
        for (Object value : values) {
          tokens += enumItem + encoding.count(String.valueOf(value));
        }
      }
      return tokens
          + encoding.count(
              name
                  + ":"
                  + text(members.get("type"))
                  + ":"
                  + withoutFullStop(text(members.get("description"))));
    }

    private static String text(@Nullable Object value) {
      return value == null ? "" : value.toString();
    }

    private static String withoutFullStop(String text) {
      return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }
  }
}
