package io.tokenmeter.benchmarks.conversation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.benchmarks.agent.Prose;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation whose texts nobody has seen before, as a client sends it: each turn resends all
 * that was said. A system text of 1,500 characters, questions of 300, answers of 1,200.
 */
final class Conversation {
  private static final int SYSTEM_CHARS = 1_500;
  private static final int QUESTION_CHARS = 300;
  private static final int ANSWER_CHARS = 1_200;

  private final Prose prose;
  private final Endpoint endpoint;
  private final String system;
  private final List<String> messages = new ArrayList<>();

  Conversation(Endpoint endpoint, long seed) {
    this.endpoint = endpoint;
    this.prose = new Prose(seed);
    this.system = prose.text(SYSTEM_CHARS);
    messages.add(message("user", QUESTION_CHARS));
  }

  /** The model has answered, and the user asks again. */
  void nextTurn() {
    messages.add(message("assistant", ANSWER_CHARS));
    messages.add(message("user", QUESTION_CHARS));
  }

  /** The body of the request of this turn. */
  byte[] body() {
    return endpoint.body(quoted(system), String.join(",", messages)).getBytes(UTF_8);
  }

  private String message(String role, int chars) {
    return "{\"role\":\"" + role + "\",\"content\":" + quoted(prose.text(chars)) + "}";
  }

  /** Prose has no other characters that JSON escapes. */
  private static String quoted(String text) {
    return '"' + text.replace("\n", "\\n") + '"';
  }
}
