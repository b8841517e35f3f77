package io.tokenmeter.engine.calibration;

import io.tokenmeter.engine.calibration.CalibrationFile.Content;
import io.tokenmeter.engine.calibration.CalibrationFile.Entry;
import io.tokenmeter.tokenizers.Calibration;
import io.tokenmeter.tokenizers.FactorRule;
import io.tokenmeter.tokenizers.InputEstimate;
import io.tokenmeter.tokenizers.TextFactor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns how models count, and shares it with the other processes of the host through the state
 * directory. Factors are read by any thread; all else happens on the meter's own.
 */
public final class Calibrator implements Calibration {
  private static final Logger logger = LoggerFactory.getLogger("tokenmeter");

  /** Models that are learned about; names beyond keep to the rules. */
  private static final int MOST_MODELS = 500;

  private static final long SHARES_EVERY_NANOS = 10_000_000_000L;
  private static final long RETRIES_AFTER_NANOS = 600_000_000_000L;

  private final SharedCalibration shared;
  private final InstantSource clock;
  private final LongSupplier nanoTicker;
  private final Map<ModelName, ModelCalibration> models = new ConcurrentHashMap<>();

  /** What the file held when it was last read. */
  private volatile Map<ModelName, Entry> known;

  private long nextShare;
  private boolean saidUnreadable;

  /**
   * Starts with what the host's processes have learned.
   *
   * @param home the state directory; without one that can be used this process learns for itself
   * @param nanoTicker a monotonic clock
   */
  public Calibrator(Path home, InstantSource clock, LongSupplier nanoTicker) {
    this.shared = new SharedCalibration(home);
    this.clock = clock;
    this.nanoTicker = nanoTicker;
    this.nextShare = nanoTicker.getAsLong() + SHARES_EVERY_NANOS;
    this.known = Map.of();
    try {
      known = read();
    } catch (IOException unreadable) {
      sayUnreadable(unreadable.toString());
    }
  }

  @Override
  public Supplier<TextFactor> factorOf(String provider, String model, FactorRule rule) {
    ModelName name = new ModelName(provider, model);
    ModelCalibration before = models.get(name);
    if (before == null && models.size() >= MOST_MODELS) {
      return Calibration.NONE.factorOf(provider, model, rule);
    }
    ModelCalibration calibration =
        models.compute(
            name,
            (key, old) -> {
              if (old != null && old.rule().equals(rule)) {
                return old;
              }
              return new ModelCalibration(rule, old == null ? known(name, rule) : old.learned());
            });
    return calibration;
  }

  private Learned known(ModelName name, FactorRule rule) {
    Entry entry = known.get(name);
    return entry == null ? Learned.start(rule) : entry.learned();
  }

  /**
   * Learns from a call.
   *
   * @param estimate what the request was counted to before it was sent
   * @param reported the input tokens that the provider reported for it
   */
  public void observe(String provider, String model, InputEstimate estimate, long reported) {
    ModelCalibration calibration = models.get(new ModelName(provider, model));
    if (calibration != null && Sample.teaches(estimate, reported)) {
      calibration.observe(Sample.of(estimate, reported));
    }
  }

  /** Shares what was learned, if it is time to; to be called about once a second. */
  public void maintain() throws IOException {
    long now = nanoTicker.getAsLong();
    if (now - nextShare >= 0) {
      nextShare = now + RETRIES_AFTER_NANOS; // unless it works
      share();
      nextShare = now + SHARES_EVERY_NANOS;
    }
  }

  /** Shares what was learned now, and learns what others have. */
  public synchronized void share() throws IOException {
    if (!hasNews()) {
      adopt(read());
    } else {
      shared.update(
          before -> {
            Map<ModelName, Entry> after = added(before);
            adopt(after);
            return after;
          });
    }
  }

  /** Whether anything that this process learned is not shared yet. */
  boolean hasNews() {
    return models.values().stream().anyMatch(ModelCalibration::hasNews);
  }

  private Map<ModelName, Entry> added(Map<ModelName, Entry> before) {
    Instant now = clock.instant();
    Map<ModelName, Entry> after =
        new TreeMap<>(Comparator.comparing(ModelName::provider).thenComparing(ModelName::model));
    after.putAll(before);
    models.forEach(
        (name, calibration) -> {
          if (calibration.hasNews()) {
            Entry entry = before.get(name);
            Learned base = entry == null ? Learned.start(calibration.rule()) : entry.learned();
            after.put(name, new Entry(calibration.shared(base), now));
          }
        });
    while (after.size() > MOST_MODELS) {
      after.entrySet().stream()
          .min(Comparator.comparing(entry -> entry.getValue().updated()))
          .ifPresent(oldest -> after.remove(oldest.getKey()));
    }
    return after;
  }

  private void adopt(Map<ModelName, Entry> entries) {
    known = new LinkedHashMap<>(entries);
    models.forEach(
        (name, calibration) -> {
          Entry entry = entries.get(name);
          if (entry != null) {
            calibration.share(entry.learned());
          }
        });
  }

  private Map<ModelName, Entry> read() throws IOException {
    Content content = shared.read();
    if (!content.whole() && content.version() <= CalibrationFile.VERSION) {
      sayUnreadable("it is damaged; what is readable is used, the rest is learned again");
    }
    return content.models();
  }

  private void sayUnreadable(String why) {
    if (!saidUnreadable) {
      saidUnreadable = true;
      logger.warn("{} cannot be read as it should: {}", shared.file(), why);
    }
  }

  /**
   * What the processes of a host have learned, for people.
   *
   * @throws IOException if the file is there and cannot be read
   */
  public static Map<ModelName, Learned> learned(Path home) throws IOException {
    Map<ModelName, Learned> learned = new LinkedHashMap<>();
    new SharedCalibration(home)
        .read()
        .models()
        .forEach((name, entry) -> learned.put(name, entry.learned()));
    return learned;
  }
}
