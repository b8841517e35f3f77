package io.tokenmeter.engine.calibration;

import java.nio.file.Path;
import java.time.InstantSource;

/** A process that learns and shares, for {@link CalibratorTest}. */
final class CalibrationWorker {
  /** Calls between two times of sharing. */
  static final int CALLS = 5;

  private CalibrationWorker() {}

  public static void main(String[] args) throws Exception {
    Calibrator calibrator =
        new Calibrator(Path.of(args[0]), InstantSource.system(), System::nanoTime);
    calibrator.factorOf("anthropic", "claude-x", CalibratorTest.RULE);
    int rounds = Integer.parseInt(args[1]);
    for (int round = 0; round < rounds; round++) {
      CalibratorTest.observe(calibrator, 1.5, CALLS);
      calibrator.share();
      System.out.print('.');
      System.out.flush();
    }
    // Another process may have been at it the last times.
    while (calibrator.hasNews()) {
      calibrator.share();
      Thread.onSpinWait();
    }
  }
}
