package io.tokenmeter.engine;

import io.tokenmeter.engine.calibration.Calibrator;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.Configuration.CountingSettings;
import io.tokenmeter.tokenizers.Calibration;
import io.tokenmeter.tokenizers.Encoding;
import io.tokenmeter.tokenizers.Encodings;
import io.tokenmeter.tokenizers.ModelEncodings;
import io.tokenmeter.tokenizers.RequestCounters;
import io.tokenmeter.tokenizers.RequestMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The request counters as the configuration wants them. Tokenizer files are read by the meter's own
 * thread, since that takes about a second each; until then their models are counted as if there
 * were none. Thread-safe.
 */
final class Counting implements Supplier<RequestCounters> {
  private static final Logger logger = LoggerFactory.getLogger("tokenmeter");

  private final RequestMemory memory;
  private final @Nullable Calibrator calibrator;

  /** What was read, empty where that failed; a file is read once. For the meter's thread. */
  private final Map<Path, Optional<Encoding>> files = new HashMap<>();

  private volatile Current current;

  private record Current(CountingSettings settings, RequestCounters counters) {}

  Counting(Configuration configuration, InstantSource clock, LongSupplier nanoTicker) {
    CountingSettings settings = configuration.counting();
    memory = RequestMemory.ofParts(settings.rememberedParts());
    calibrator = settings.learn() ? new Calibrator(configuration.home(), clock, nanoTicker) : null;
    current = new Current(settings, counters(settings));
  }

  private RequestCounters counters(CountingSettings settings) {
    ModelEncodings encodings = settings.encodings();
    for (Map.Entry<String, Path> tokenizer : settings.tokenizers().entrySet()) {
      Optional<Encoding> encoding = files.getOrDefault(tokenizer.getValue(), Optional.empty());
      if (encoding.isPresent()) {
        encodings = encodings.with(tokenizer.getKey(), encoding.get());
      }
    }
    return new RequestCounters(
        encodings,
        settings.countingRules(),
        memory,
        calibrator == null ? Calibration.NONE : calibrator);
  }

  @Override
  public RequestCounters get() {
    return current.counters();
  }

  /** Applies other rules; memory and learning stay as they were started. */
  void reconfigure(CountingSettings settings) {
    if (!settings.equals(current.settings())) {
      current = new Current(settings, counters(settings));
    }
  }

  /** Reads the tokenizer files that were not read yet, and counts by them from now on. */
  void readTokenizers() {
    CountingSettings settings = current.settings();
    if (files.keySet().containsAll(settings.tokenizers().values())) {
      return;
    }
    for (Path file : settings.tokenizers().values()) {
      files.computeIfAbsent(file, Counting::read);
    }
    current = new Current(settings, counters(settings));
  }

  private static Optional<Encoding> read(Path file) {
    try {
      return Optional.of(Encodings.fromTokenizerJson(file));
    } catch (IOException | IllegalArgumentException unusable) {
      logger.error(
          "counting.models: {} cannot be used: {}. Its models are counted as if it was not there.",
          file,
          unusable.getMessage());
      return Optional.empty();
    }
  }

  /** Reads tokenizers, learns from calls and shares that, all off the calls' threads. */
  void workOn(RecordDispatcher dispatcher, InternalErrors errors) {
    dispatcher.addChore(this::readTokenizers);
    if (calibrator != null) {
      dispatcher.addListener(new CalibrationListener(calibrator));
      dispatcher.addChore(
          () -> {
            try {
              calibrator.maintain();
            } catch (IOException failed) {
              errors.report("Calibrator.maintain", failed);
            }
          });
    }
  }

  /** Shares what was learned last. */
  void close(InternalErrors errors) {
    if (calibrator != null) {
      try {
        calibrator.share();
      } catch (IOException failed) {
        errors.report("Calibrator.share", failed);
      }
    }
  }
}
