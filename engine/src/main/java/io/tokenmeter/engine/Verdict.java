package io.tokenmeter.engine;

import org.jspecify.annotations.Nullable;

/** Whether a call may go out. */
public sealed interface Verdict permits Verdict.Admitted, Verdict.Refused, Waiting {
  /**
   * It may.
   *
   * @param body what to send in place of the request's own body, encoded as that is; null to send
   *     that
   * @param path the URL's path and query to send it to; null to keep them
   */
  record Admitted(byte @Nullable [] body, @Nullable String path) implements Verdict {
    /** It may, as it is. */
    public static final Admitted UNCHANGED = new Admitted(null, null);
  }

  /**
   * It may not; nothing is to be sent.
   *
   * @param message for people: names the budget, its limit, what is left and when it resets
   * @param contentType of the body
   * @param body the provider's own words for "quota used up", with the message in it
   */
  record Refused(String message, String contentType, byte[] body) implements Verdict {}
}
