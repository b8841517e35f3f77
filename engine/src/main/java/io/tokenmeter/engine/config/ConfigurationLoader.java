package io.tokenmeter.engine.config;

import io.tokenmeter.engine.config.Configuration.CallLogSettings;
import io.tokenmeter.engine.config.Configuration.StatementSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the file, lays environment variables and then system properties over it, and checks the
 * whole. Of two sources of one key the later wins; {@code docs/configuration.md} lists the keys.
 */
public final class ConfigurationLoader {
  private static final long DEFAULT_MAX_SIZE = 64L << 20;
  private static final long DEFAULT_MAX_FILES = 5;

  private static final int MAX_DIMENSIONS = 8;
  private static final List<String> DEFAULT_DIMENSIONS =
      List.of("org", "team", "project", "service", "provider", "model");

  private static final Map<String, LogLevel> LOG_LEVELS = new LinkedHashMap<>();

  static {
    for (LogLevel level : LogLevel.values()) {
      LOG_LEVELS.put(level.name().toLowerCase(Locale.ROOT), level);
    }
  }

  /** Directory services have names with spaces, domains and backslashes too. */
  private static final Pattern GROUP_NAME =
      Pattern.compile("[\\p{L}\\p{N}_.][\\p{L}\\p{N}_.@$+\\\\ -]*");

  private final ConfigurationFile file;
  private final Path userHome;

  private ConfigurationLoader(ConfigurationFile file, Path userHome) {
    this.file = file;
    this.userHome = userHome;
  }

  /**
   * Reads the configuration. The file is the one that {@code tokenmeter.config} names, else {@code
   * tokenmeter.yaml} in the state directory, if there is one.
   *
   * @param properties system properties; {@code user.home} is where {@code ~} is
   * @param environment environment variables
   * @throws ConfigurationException if anything in it is wrong; it names every error
   */
  public static Configuration load(Map<String, String> properties, Map<String, String> environment)
      throws ConfigurationException {
    Problems problems = new Problems();
    ConfigurationFile file = locate(properties, environment);
    Path userHome = ConfigurationFile.userHome(properties, environment);
    Setting.Table root = file.read(problems);
    Keys.overlay(root, properties, environment, problems);
    OtelReader.overlay(root, environment, problems);
    Configuration configuration =
        new ConfigurationLoader(file, userHome).read(Section.root(root, problems), problems);
    if (problems.hasErrors()) {
      throw new ConfigurationException(problems.message(), configuration.failClosed());
    }
    return configuration;
  }

  /**
   * What holds where the configuration cannot be used: the defaults, in the state directory that is
   * stated, if that much can be used. Without budgets, so that calls are observed only.
   */
  public static Configuration defaults(
      Map<String, String> properties, Map<String, String> environment) {
    Map<String, String> homeProperties = new HashMap<>(properties);
    homeProperties
        .keySet()
        .retainAll(
            Set.of("user.home", Keys.PROPERTY_PREFIX + "home", Keys.PROPERTY_PREFIX + "enabled"));
    Map<String, String> homeVariables = new HashMap<>(environment);
    homeVariables
        .keySet()
        .retainAll(Set.of("HOME", Keys.variableName("home"), Keys.variableName("enabled")));
    Problems ignored = new Problems();
    Path userHome = ConfigurationFile.userHome(properties, environment);
    Path none = ConfigurationFile.defaultHome(userHome).resolve("no-file");
    Setting.Table root = Setting.Table.empty(new Place(none.toString(), 0));
    Keys.overlay(root, homeProperties, homeVariables, ignored);
    return new ConfigurationLoader(new ConfigurationFile(none, false), userHome)
        .read(Section.root(root, ignored), ignored);
  }

  private static ConfigurationFile locate(
      Map<String, String> properties, Map<String, String> environment)
      throws ConfigurationException {
    try {
      return ConfigurationFile.locate(properties, environment);
    } catch (IllegalArgumentException noPath) {
      throw new ConfigurationException(
          "tokenmeter.config or tokenmeter.home, as a property or variable: expected a path",
          false);
    }
  }

  private Configuration read(Section root, Problems problems) {
    Path home =
        root.optional("home", text -> path(root, "home", text))
            .orElse(file.stated() ? ConfigurationFile.defaultHome(userHome) : directory());
    boolean enabled = root.value("enabled", true, Values::flag);
    boolean failClosed = root.value("fail-closed", false, Values::flag);
    LogLevel logLevel = root.value("log-level", LogLevel.INFO, Values.word(LOG_LEVELS));
    Optional<String> salt = root.secret("api-key-salt", ConfigurationLoader::salt);
    Map<String, String> attribution = AttributionReader.pairs(root.section("attribution"));
    List<Configuration.ApiKeyOwner> owners = AttributionReader.owners(root);
    Configuration.BudgetSettings budgets = BudgetReader.read(root.section("budgets"));
    Configuration.PriceSettings prices = PriceReader.read(root.section("prices"));
    CallLogSettings calls = calls(root.section("calls"));
    Configuration.OtelSettings otel = OtelReader.read(root.section("otel"));
    Configuration.AlertSettings alerts = AlertReader.read(root.section("alerts"));
    Configuration.StatementSettings statements = statements(root.section("statements"));
    Configuration.CountingSettings counting =
        CountingReader.read(root.section("counting"), this::path);
    Optional<String> ledgerGroup = ledgerGroup(root.section("ledger"));
    root.refuseUnknownKeys();
    return new Configuration(
        home,
        enabled,
        failClosed,
        attribution,
        owners,
        budgets,
        prices,
        calls,
        otel,
        alerts,
        statements,
        counting,
        ledgerGroup,
        Files.exists(file.path()) ? file.path().toString() : "defaults",
        logLevel,
        salt,
        problems.origins(),
        problems.warnings());
  }

  private CallLogSettings calls(Section calls) {
    CallLogSettings settings =
        new CallLogSettings(
            calls.optional("file", text -> path(calls, "file", text)),
            calls.value("max-size", DEFAULT_MAX_SIZE, Values::size),
            calls.value("max-files", DEFAULT_MAX_FILES, Values.wholeNumber(1, 1000)).intValue());
    calls.refuseUnknownKeys();
    return settings;
  }

  private static StatementSettings statements(Section statements) {
    List<String> dimensions = statements.words("dimensions", AttributionReader::key);
    if (dimensions.size() > MAX_DIMENSIONS
        || dimensions.size() != dimensions.stream().distinct().count()) {
      statements.error(
          "dimensions", "expected at most " + MAX_DIMENSIONS + " keys, each of them once");
    }
    StatementSettings settings =
        new StatementSettings(statements.has("dimensions") ? dimensions : DEFAULT_DIMENSIONS);
    statements.refuseUnknownKeys();
    return settings;
  }

  private static Optional<String> ledgerGroup(Section ledger) {
    Optional<String> group = ledger.optional("group", ConfigurationLoader::group);
    ledger.refuseUnknownKeys();
    return group;
  }

  private static String group(String text) {
    if (!GROUP_NAME.matcher(text).matches()) {
      throw new IllegalArgumentException("expected the name of a group of this host");
    }
    return text;
  }

  private static String salt(String text) {
    if (text.length() < 16) {
      throw new IllegalArgumentException("expected a salt of at least 16 characters");
    }
    return text;
  }

  /** The file's own paths start from its directory, all others from the working directory. */
  private Path path(Section section, String key, String text) {
    boolean fromFile = section.place(key).line() > 0;
    return ConfigurationFile.path(text, fromFile ? directory() : Path.of(""), userHome);
  }

  private Path directory() {
    Path directory = file.path().getParent();
    return directory == null ? file.path() : directory;
  }
}
