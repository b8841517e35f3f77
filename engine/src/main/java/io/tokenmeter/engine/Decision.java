package io.tokenmeter.engine;

/** What became of a call, as the call log and the metrics say it. */
public enum Decision {
  /** Every budget that it fell under could pay; or it fell under none. */
  ADMITTED("admitted"),
  /** A hard budget could not pay; nothing was sent. */
  REFUSED("refused"),
  /** A budget could not pay but only observes; the call was sent. */
  OBSERVED("observed"),
  /**
   * The request was not understood or the meter failed; the call was sent without a reservation.
   */
  UNMETERED("unmetered");

  private final String label;

  Decision(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
