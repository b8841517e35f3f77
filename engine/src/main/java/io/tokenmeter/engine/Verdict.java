package io.tokenmeter.engine;

import org.jspecify.annotations.Nullable;

/** Whether a call may go out. */
public sealed interface Verdict {
  /**
   * It may.
   *
   * @param body what to send in place of the request's own body; null to send that
   */
  record Admitted(byte @Nullable [] body) implements Verdict {}

  /**
   * It may not; nothing is to be sent.
   *
   * @param message for people: names the budget, its limit, what is left and when it resets
   * @param contentType of the body
   * @param body the provider's own words for "quota used up", with the message in it
   */
  record Refused(String message, String contentType, byte[] body) implements Verdict {}
}
