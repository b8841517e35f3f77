package io.tokenmeter.engine.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The keys by their paths, and the laying of system properties and environment variables over the
 * file: {@code tokenmeter.<path>} and {@code TOKENMETER_<PATH>}.
 */
final class Keys {
  static final String PROPERTY_PREFIX = "tokenmeter.";
  static final String VARIABLE_PREFIX = "TOKENMETER_";
  static final String CONFIG = "config";

  private static final List<String> SCALARS =
      List.of(
          "home",
          "enabled",
          "fail-closed",
          "log-level",
          "ledger.group",
          "api-key-salt",
          "budgets.default-action",
          "budgets.default-max-output-tokens",
          "budgets.inject-max-output",
          "prices.unknown-model",
          "calls.file",
          "calls.max-size",
          "calls.max-files",
          "counting.learn",
          "counting.remembered-parts",
          "otel.enabled",
          "otel.endpoint",
          "otel.semconv",
          "alerts.grant-notice");
  private static final List<String> MAPS =
      List.of(
          "attribution",
          "budgets.max-output-tokens",
          "counting.models",
          "otel.headers",
          "otel.baggage");
  private static final List<String> LISTS =
      List.of(
          "api-keys",
          "budgets.rules",
          "budgets.thresholds",
          "prices.overrides",
          "alerts.webhooks",
          "statements.dimensions",
          "counting.rules");

  /** Every path, for suggestions. */
  static final List<String> ALL = all();

  private final Setting.Table root;
  private final Problems problems;

  private Keys(Setting.Table root, Problems problems) {
    this.root = root;
    this.problems = problems;
  }

  private static List<String> all() {
    return Stream.of(SCALARS, MAPS, LISTS, List.of(CONFIG)).flatMap(List::stream).toList();
  }

  /** Lays variables, then properties over the file's settings. */
  static void overlay(
      Setting.Table root,
      Map<String, String> properties,
      Map<String, String> environment,
      Problems problems) {
    Keys keys = new Keys(root, problems);
    // Sorted, so that a map as a whole comes before its single entries.
    new TreeMap<>(environment).forEach(keys::variable);
    new TreeMap<>(properties).forEach(keys::property);
  }

  static String variableName(String path) {
    return VARIABLE_PREFIX + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  private void variable(String name, String value) {
    if (!name.startsWith(VARIABLE_PREFIX) || value.isEmpty()) {
      return;
    }
    Place place = new Place("environment variable " + name, 0);
    for (String path : ALL) {
      if (name.equals(variableName(path))) {
        set(path, value, place);
        return;
      }
    }
    for (String map : MAPS) {
      String prefix = variableName(map) + "_";
      if (name.startsWith(prefix) && name.length() > prefix.length()) {
        String key = name.substring(prefix.length()).toLowerCase(Locale.ROOT);
        put(map + "." + key, map, key, new Setting.Scalar(value, place));
        return;
      }
    }
    unknownVariable(name, place);
  }

  /**
   * Kubernetes and image builders set variables of that prefix too; only a near miss is an error.
   */
  private void unknownVariable(String name, Place place) {
    List<String> names = ALL.stream().map(Keys::variableName).toList();
    String near = Suggestion.nearest(name, names).orElse("");
    if (!near.isEmpty() && Suggestion.distance(name, near) <= 2) {
      problems.error(place, "", "there is no such setting; did you mean '" + near + "'?");
    } else {
      problems.warning(place, "", "there is no such setting; it is ignored");
    }
  }

  private void property(String name, String value) {
    if (!name.startsWith(PROPERTY_PREFIX) || value.isEmpty()) {
      return;
    }
    String path = name.substring(PROPERTY_PREFIX.length());
    Place place = new Place("system property " + name, 0);
    if (ALL.contains(path)) {
      set(path, value, place);
      return;
    }
    for (String map : MAPS) {
      if (path.startsWith(map + ".") && path.length() > map.length() + 1) {
        String key = path.substring(map.length() + 1);
        put(path, map, key, new Setting.Scalar(value, place));
        return;
      }
    }
    problems.error(place, "", "there is no such setting" + Suggestion.didYouMean(path, ALL));
  }

  private void set(String path, String value, Place place) {
    if (path.equals(CONFIG)) {
      return;
    }
    Setting setting = new Setting.Scalar(value, place);
    boolean structured = LISTS.contains(path) || MAPS.contains(path);
    if (structured && (value.startsWith("{") || value.startsWith("["))) {
      setting = YamlText.parse(value, place, problems).orElse(setting);
    }
    int dot = path.lastIndexOf('.');
    put(path, dot < 0 ? "" : path.substring(0, dot), path.substring(dot + 1), setting);
  }

  private void put(String path, String parent, String key, Setting setting) {
    Setting.Table table = root;
    for (String step : parent.isEmpty() ? List.<String>of() : Arrays.asList(parent.split("\\."))) {
      Setting below =
          table
              .entries()
              .compute(
                  step,
                  (name, old) ->
                      old == null || isEmpty(old) ? Setting.Table.empty(setting.place()) : old);
      if (!(below instanceof Setting.Table next)) {
        problems.error(
            setting.place(),
            path,
            "cannot be set, as " + step + " at " + below.place() + " is no table");
        return;
      }
      table = next;
    }
    table.entries().put(key, setting);
  }

  private static boolean isEmpty(Setting setting) {
    return setting instanceof Setting.Scalar scalar && scalar.text().isEmpty();
  }
}
