package io.tokenmeter.engine.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when the configuration file has changed. Not thread-safe: one thread asks it now and
 * then.
 */
public final class ConfigurationWatcher {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationWatcher.class);

  private final Map<String, String> properties;
  private final Map<String, String> environment;
  private final ConfigurationFile file;
  private @Nullable Stamp stamp;
  private @Nullable Stamp candidate;

  /** What changes when a file is written or another is moved over it. */
  private record Stamp(FileTime modified, long size, @Nullable Object key) {}

  /**
   * Create it before the configuration is loaded for the first time, so that a change in between is
   * seen.
   *
   * @param properties what {@link ConfigurationLoader#load} gets
   * @param environment what {@link ConfigurationLoader#load} gets
   */
  public ConfigurationWatcher(Map<String, String> properties, Map<String, String> environment) {
    this.properties = Map.copyOf(properties);
    this.environment = Map.copyOf(environment);
    this.file = ConfigurationFile.locate(properties, environment);
    this.stamp = stamp();
  }

  /**
   * The configuration, if the file has changed since the last call and can be used. One that cannot
   * is logged once, with its lines and reasons; the one before it stays in force, as it does when
   * the file is gone. A change is taken up when two looks in a row have seen the same file, so that
   * a half-written one is not. Costs one look at the file's attributes where nothing has changed.
   */
  public Optional<Configuration> poll() {
    Stamp now = stamp();
    if (now == null ? stamp == null : now.equals(stamp)) {
      return Optional.empty();
    }
    if (now != null && !now.equals(candidate)) {
      candidate = now; // it may be being written at this moment; the next look will tell
      return Optional.empty();
    }
    stamp = now;
    if (now == null) {
      LOG.warn("tokenmeter: {} is gone; what it said stays in force", file.path());
      return Optional.empty();
    }
    try {
      Configuration configuration = ConfigurationLoader.load(properties, environment);
      LOG.info("tokenmeter: read the changed {}", file.path());
      return Optional.of(configuration);
    } catch (ConfigurationException unusable) {
      LOG.error(
          "tokenmeter: the changed configuration is refused, the one before it stays in force: {}",
          unusable.getMessage());
      return Optional.empty();
    }
  }

  private @Nullable Stamp stamp() {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file.path(), BasicFileAttributes.class);
      return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    } catch (IOException missing) {
      return null;
    }
  }
}
