package io.tokenmeter.engine.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The file that the settings come from.
 *
 * @param path where it is, or would be
 * @param stated whether somebody named it, so that it must exist
 */
record ConfigurationFile(Path path, boolean stated) {
  static final String NAME = "tokenmeter.yaml";
  private static final String UNKNOWN = "?";

  /** The file that is named, else the one in the state directory. */
  static ConfigurationFile locate(Map<String, String> properties, Map<String, String> environment) {
    Optional<String> named = setting(Keys.CONFIG, properties, environment);
    Path userHome = userHome(properties, environment);
    return named
        .map(name -> new ConfigurationFile(path(name, Path.of(""), userHome), true))
        .orElseGet(
            () ->
                new ConfigurationFile(
                    setting("home", properties, environment)
                        .map(home -> path(home, Path.of(""), userHome))
                        .orElse(defaultHome(userHome))
                        .resolve(NAME),
                    false));
  }

  private static Optional<String> setting(
      String path, Map<String, String> properties, Map<String, String> environment) {
    String property = properties.getOrDefault(Keys.PROPERTY_PREFIX + path, "");
    String value =
        property.isEmpty() ? environment.getOrDefault(Keys.variableName(path), "") : property;
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  static Path defaultHome(Path userHome) {
    return userHome.resolve(".tokenmeter");
  }

  /**
   * Where {@code ~} is. For a user that the system does not know, which a container may run as,
   * Java says {@code ?}. Then it is {@code HOME}, else the root, where nothing can be written and
   * which is said, rather than the working directory, which would differ from process to process.
   */
  static Path userHome(Map<String, String> properties, Map<String, String> environment) {
    String home = properties.getOrDefault("user.home", "");
    if (home.isEmpty() || home.equals(UNKNOWN)) {
      home = environment.getOrDefault("HOME", "");
    }
    return Path.of(home.isEmpty() ? "/" : home).toAbsolutePath();
  }

  /**
   * An absolute path.
   *
   * @param base what a relative path starts from
   * @throws IllegalArgumentException if it is no path; says what was expected
   */
  static Path path(String text, Path base, Path userHome) {
    try {
      Path expanded =
          text.equals("~") || text.startsWith("~/")
              ? userHome.resolve(text.substring(Math.min(2, text.length())))
              : base.resolve(text);
      if (!text.isEmpty()) {
        return expanded.toAbsolutePath().normalize();
      }
    } catch (InvalidPathException invalid) {
      // said below
    }
    throw new IllegalArgumentException("expected a path");
  }

  /** Its settings; an empty table where it does not exist and need not. */
  Setting.Table read(Problems problems) {
    Place start = new Place(path.toString(), 1);
    Place whole = new Place(path.toString(), 0);
    if (!stated && !Files.isDirectory(path.resolveSibling(""))) {
      return Setting.Table.empty(whole);
    }
    try {
      Optional<Setting> root = YamlText.parse(Files.readString(path, UTF_8), start, problems);
      if (root.isPresent() && root.get() instanceof Setting.Table table) {
        return table;
      }
      root.ifPresent(
          other ->
              problems.error(
                  other.place(), "", "expected keys with values, such as home: /var/lib/x"));
    } catch (NoSuchFileException missing) {
      if (stated) {
        problems.error(whole, "", "there is no such file; it was named as the configuration");
      }
    } catch (CharacterCodingException notUtf8) {
      problems.error(whole, "", "is not in UTF-8");
    } catch (IOException unreadable) {
      problems.error(whole, "", "cannot be read: " + unreadable.getClass().getSimpleName());
    }
    return Setting.Table.empty(whole);
  }
}
