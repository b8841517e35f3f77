package io.tokenmeter.providers;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A response read to its end: its facts and the text that the model produced. */
record Reading(ResponseFacts facts, String output) {

  /** Feeds a body in pieces that end at {@code cuts}. */
  static Reading of(Dialect dialect, int status, byte[] body, int... cuts) {
    StringBuilder output = new StringBuilder();
    ResponseReader reader = dialect.responseReader(status, null, output::append);
    int start = 0;
    for (int cut : cuts) {
      reader.feed(body, start, cut - start);
      start = cut;
    }
    reader.feed(body, start, body.length - start);
    return new Reading(reader.facts(), output.toString());
  }

  static Reading of(Dialect dialect, int status, String body) {
    return of(dialect, status, body.getBytes(UTF_8));
  }

  static Reading of(Dialect dialect, String body) {
    return of(dialect, 200, body);
  }
}
