package io.tokenmeter.engine;

import io.tokenmeter.engine.calibration.Calibrator;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.Configuration.CountingSettings;
import io.tokenmeter.tokenizers.Calibration;
import io.tokenmeter.tokenizers.RequestCounters;
import io.tokenmeter.tokenizers.RequestMemory;
import java.io.IOException;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The request counters as the configuration wants them. Thread-safe. */
final class Counting implements Supplier<RequestCounters> {
  private final RequestMemory memory;
  private final @Nullable Calibrator calibrator;
  private volatile Current current;

  private record Current(CountingSettings settings, RequestCounters counters) {}

  Counting(Configuration configuration, InstantSource clock, LongSupplier nanoTicker) {
    CountingSettings settings = configuration.counting();
    memory = RequestMemory.ofParts(settings.rememberedParts());
    calibrator = settings.learn() ? new Calibrator(configuration.home(), clock, nanoTicker) : null;
    current = new Current(settings, counters(settings));
  }

  private RequestCounters counters(CountingSettings settings) {
    return new RequestCounters(
        settings.encodings(),
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
