package io.tokenmeter.tokenizers;

/** What text that looks like a special token is, such as {@code <|eot_id|>}. */
public enum SpecialTokens {
  /** Plain text, as it is where a user wrote it. */
  AS_TEXT,
  /** The token, as it is where a chat template wrote it. */
  AS_TOKENS
}
