package io.tokenmeter.benchmarks.agent;

/**
 * Runs of one program.
 *
 * @param millis from the start of the process to its end
 * @param megabytes the most that was resident at once; 1 MB is a million bytes
 */
record StartupRounds(Rounds millis, Rounds megabytes) {
  StartupRounds() {
    this(new Rounds(), new Rounds());
  }
}
