package io.tokenmeter.engine.review;

/** What was to be recorded cannot be; the message says why, for people. */
public final class ReviewException extends Exception {
  private static final long serialVersionUID = 1;

  ReviewException(String message) {
    super(message);
  }
}
