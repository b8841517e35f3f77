package io.tokenmeter.providers;

/** What a call asks of a model, with OpenTelemetry's {@code gen_ai.operation.name}. */
public enum Operation {
  CHAT("chat"),
  GENERATE_CONTENT("generate_content"),
  EMBEDDINGS("embeddings"),
  TEXT_COMPLETION("text_completion");

  private final String label;

  Operation(String label) {
    this.label = label;
  }

  /** The name in telemetry and files. */
  public String label() {
    return label;
  }
}
