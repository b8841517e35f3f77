package io.tokenmeter.engine.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads one table of the configuration, key by key. What does not fit becomes a problem and the
 * default is returned, so that one reading finds every problem. Not thread-safe.
 */
final class Section {
  /** Turns text into a value; says what it expected by {@link IllegalArgumentException}. */
  @FunctionalInterface
  interface Parser<T> {
    T parse(String text);
  }

  private final String path;
  private final Setting.Table table;
  private final Problems problems;
  private final boolean origins;
  private final Set<String> asked = new LinkedHashSet<>();

  private Section(String path, Setting.Table table, Problems problems, boolean origins) {
    this.path = path;
    this.table = table;
    this.problems = problems;
    this.origins = origins;
  }

  static Section root(Setting.Table table, Problems problems) {
    return new Section("", table, problems, true);
  }

  /** Where the section is, for problems that concern it as a whole. */
  Place place() {
    return table.place();
  }

  Place place(String key) {
    Setting setting = table.entries().get(key);
    return setting == null ? table.place() : setting.place();
  }

  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  String path() {
    return path;
  }

  void error(String key, String message) {
    problems.error(place(key), path(key), message);
  }

  void error(String message) {
    problems.error(place(), path, message);
  }

  void warning(String key, String message) {
    problems.warning(place(key), path(key), message);
  }

  /** Whether the key is there with something in it. */
  boolean has(String key) {
    asked.add(key);
    return table.entries().containsKey(key);
  }

  /** Whether a key holds a table, where a single value would be understood too. */
  boolean isTable(String key) {
    return table.entries().get(key) instanceof Setting.Table;
  }

  <T> T value(String key, T otherwise, Parser<T> parser) {
    return optional(key, parser).orElse(otherwise);
  }

  /** The value of a key; empty without the key, or with a value that does not fit. */
  <T> Optional<T> optional(String key, Parser<T> parser) {
    return parsed(key, parser, true);
  }

  /** The same for what no message may repeat. */
  <T> Optional<T> secret(String key, Parser<T> parser) {
    return parsed(key, parser, false);
  }

  private <T> Optional<T> parsed(String key, Parser<T> parser, boolean showValue) {
    asked.add(key);
    Setting setting = table.entries().get(key);
    if (setting == null) {
      return Optional.empty();
    }
    if (!(setting instanceof Setting.Scalar scalar)) {
      error(key, "expected a single value, but was " + describe(setting));
      return Optional.empty();
    }
    String text = scalar.text().strip();
    try {
      T value = parser.parse(text);
      origin(key, setting);
      return Optional.of(value);
    } catch (IllegalArgumentException unfit) {
      error(key, unfit.getMessage() + butWas(text, showValue));
      return Optional.empty();
    }
  }

  private static String butWas(String text, boolean showValue) {
    if (text.isEmpty()) {
      return ", but has no value";
    }
    return showValue ? ", but was '" + text + "'" : "";
  }

  private static String describe(Setting setting) {
    if (setting instanceof Setting.Table) {
      return "a table of keys";
    }
    return setting instanceof Setting.Items ? "a list" : "a single value";
  }

  private void origin(String key, Setting setting) {
    if (origins) {
      problems.origin(path(key), setting.place());
    }
  }

  /** A table below this one; an empty one if it is not there. */
  Section section(String key) {
    asked.add(key);
    Setting setting = table.entries().get(key);
    return new Section(path(key), tableOf(key, setting), problems, origins);
  }

  private Setting.Table tableOf(String key, @Nullable Setting setting) {
    if (setting instanceof Setting.Table below) {
      return below;
    }
    if (setting != null && !isEmpty(setting)) {
      error(key, "expected a table of keys, but was " + describe(setting));
    }
    return Setting.Table.empty(setting == null ? table.place() : setting.place());
  }

  private static boolean isEmpty(Setting setting) {
    return setting instanceof Setting.Scalar scalar && scalar.text().isEmpty();
  }

  /**
   * The tables of a list.
   *
   * @param expected what an item is, such as "a budget rule"
   */
  List<Section> items(String key, String expected) {
    List<Section> sections = new ArrayList<>();
    for (Setting item : list(key, "expected a list, each item " + expected)) {
      String itemPath = path(key) + "[" + sections.size() + "]";
      if (item instanceof Setting.Table below) {
        problems.origin(itemPath, below.place());
        sections.add(new Section(itemPath, below, problems, false));
      } else {
        problems.error(
            item.place(), itemPath, "expected " + expected + ", but was " + describe(item));
      }
    }
    return sections;
  }

  /** The words of a list; a single word counts as a list of one. */
  List<String> words(String key, Parser<String> parser) {
    asked.add(key);
    List<String> words = new ArrayList<>();
    Setting setting = table.entries().get(key);
    List<Setting> items =
        setting instanceof Setting.Scalar && !isEmpty(setting)
            ? List.of(setting)
            : list(key, "expected a list of words");
    for (Setting item : items) {
      new Section(path, new Setting.Table(Map.of(key, item), item.place()), problems, origins)
          .optional(key, parser)
          .ifPresent(words::add);
    }
    return List.copyOf(words);
  }

  private List<Setting> list(String key, String expected) {
    asked.add(key);
    Setting setting = table.entries().get(key);
    if (setting instanceof Setting.Items items) {
      return items.items();
    }
    if (setting != null && !isEmpty(setting)) {
      error(key, expected + ", but was " + describe(setting));
    }
    return List.of();
  }

  /** Every key of this table that nobody has asked for, with what {@code entry} makes of it. */
  <T> Map<String, T> rest(BiFunction<Section, String, Optional<T>> entry) {
    Map<String, T> values = new LinkedHashMap<>();
    for (String key : List.copyOf(table.entries().keySet())) {
      if (!asked.contains(key)) {
        entry.apply(this, key).ifPresent(value -> values.put(key, value));
      }
    }
    return values;
  }

  /** Says which keys of this table nobody has asked for; call it last. */
  void refuseUnknownKeys() {
    table
        .entries()
        .forEach(
            (key, setting) -> {
              if (!asked.contains(key)) {
                problems.error(
                    setting.place(),
                    path(key),
                    "there is no such key" + Suggestion.didYouMean(key, asked));
              }
            });
  }
}
