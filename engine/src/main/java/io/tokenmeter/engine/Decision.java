package io.tokenmeter.engine;

/** What became of a call, as the call log and the metrics say it. */
public enum Decision {
  /** Every budget that it fell under could pay; or it fell under none. */
  ADMITTED("admitted"),
  /** A hard budget could not pay; nothing was sent. */
  REFUSED("refused"),
  /** A budget could not pay but only observes; the call was sent. */
  OBSERVED("observed"),
  /** A budget let it wait; it was sent when the budget could pay. */
  THROTTLED("throttled"),
  /** The application gave it up while it waited for a budget; nothing was sent. */
  GIVEN_UP("given_up"),
  /** A budget's limit to its output was written into the request. */
  SHRUNK("shrunk"),
  /** A budget had it sent to another model than the one asked for. */
  DOWNGRADED("downgraded"),
  /** A budget could not pay without an approval; nothing was sent. */
  APPROVAL_REQUIRED("approval_required"),
  /** Its stream was ended early, when a budget could not pay for more of it. */
  CUT_OFF("cut_off"),
  /**
   * The request was not understood or the meter failed; the call was sent without a reservation.
   */
  UNMETERED("unmetered");

  private final String label;

  Decision(String label) {
    this.label = label;
  }

  /** Whether nothing was sent, by a budget's or a policy's word. */
  public boolean isRefusal() {
    return this == REFUSED || this == APPROVAL_REQUIRED;
  }

  /** Whether the call went out. */
  public boolean wasSent() {
    return !isRefusal() && this != GIVEN_UP;
  }

  public String label() {
    return label;
  }
}
