package io.tokenmeter.engine;

import io.tokenmeter.engine.calibration.Calibrator;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.Configuration.CountingSettings;
import io.tokenmeter.tokenizers.Calibration;
import io.tokenmeter.tokenizers.ModelEncodings;
import io.tokenmeter.tokenizers.RequestCounters;
import io.tokenmeter.tokenizers.RequestMemory;
import java.io.IOException;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The request counters as the configuration wants them. Thread-safe. */
final class Counting implements Supplier<RequestCounters> {
  private static final Logger logger = LoggerFactory.getLogger("tokenmeter");

  private final RequestMemory memory;
  private final @Nullable Calibrator calibrator;
  private final TokenizerFiles tokenizerFiles =
      new TokenizerFiles(
          (file, reason) ->
              logger.error(
                  "the tokenizer {} cannot be used, its models are counted with the built-in"
                      + " encoding: {}",
                  file,
                  reason));

  private volatile Current current;

  /** Of the daemon thread. */
  private boolean filesRead;

  private record Current(CountingSettings settings, RequestCounters counters) {}

  Counting(Configuration configuration, InstantSource clock, LongSupplier nanoTicker) {
    CountingSettings settings = configuration.counting();
    memory = RequestMemory.ofParts(settings.rememberedParts());
    calibrator = settings.learn() ? new Calibrator(configuration.home(), clock, nanoTicker) : null;
    current = new Current(settings, counters(settings, settings.encodings()));
  }

  private RequestCounters counters(CountingSettings settings, ModelEncodings encodings) {
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

  private Current withTokenizers(CountingSettings settings) {
    return new Current(settings, counters(settings, tokenizerFiles.encodings(settings)));
  }

  /** Applies other rules, on the daemon thread; memory and learning stay as they were started. */
  void reconfigure(CountingSettings settings) {
    if (!settings.equals(current.settings())) {
      current = withTokenizers(settings);
    }
  }

  /**
   * Reads the tokenizers of files, off the threads of calls. Until then, and if they cannot be
   * used, the built-in encodings count.
   */
  void readTokenizers(RecordDispatcher dispatcher) {
    dispatcher.addChore(
        () -> {
          if (!filesRead) {
            filesRead = true;
            if (!current.settings().tokenizers().isEmpty()) {
              current = withTokenizers(current.settings());
            }
          }
        });
  }

  /** Learns from calls, off their threads, and shares it. */
  void learnFrom(RecordDispatcher dispatcher, InternalErrors errors) {
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
