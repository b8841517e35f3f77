package io.tokenmeter.benchmarks.agent;

/** What is attached to a measured program. */
enum Variant {
  NONE("no agent"),
  TOKENMETER("tokenmeter"),
  OPEN_TELEMETRY("OpenTelemetry");

  private final String label;

  Variant(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
