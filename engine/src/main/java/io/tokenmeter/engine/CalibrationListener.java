package io.tokenmeter.engine;

import io.tokenmeter.engine.calibration.Calibrator;
import io.tokenmeter.tokenizers.InputEstimate;
import org.jspecify.annotations.Nullable;

/** Lets the calibrator learn from every call whose input the provider has reported. */
final class CalibrationListener implements CallListener {
  private final Calibrator calibrator;

  CalibrationListener(Calibrator calibrator) {
    this.calibrator = calibrator;
  }

  @Override
  public void closed(CallRecord call, @Nullable Object captured) {
    InputEstimate estimate = call.inputEstimate();
    Long reported = call.reportedInputTokens();
    if (estimate != null && reported != null) {
      calibrator.observe(call.provider(), call.requestModel(), estimate, reported);
    }
  }
}
