package io.tokenmeter.providers.wire;

/** Reads a stream of server-sent events whose data is JSON. */
final class EventFeed<A extends Answer> implements SseSplitter.Sink {
  private static final byte[] NEWLINE = {'\n'};
  private static final int NOT_DONE = -1;
  private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};

  private final A answer;
  private final JsonFeed<A> json;
  private final SseSplitter splitter = new SseSplitter(this);

  /** How many bytes of the event, which are all so far, are those of DONE. */
  private int done;

  private boolean inEvent;

  EventFeed(Shape<A> shape, A answer) {
    this.answer = answer;
    this.json = new JsonFeed<>(shape, answer);
  }

  void feed(byte[] bytes, int offset, int length) {
    splitter.feed(bytes, offset, length);
  }

  @Override
  public void data(byte[] bytes, int offset, int length) {
    if (!inEvent) {
      inEvent = true;
      answer.beginEvent();
    }
    int start = offset;
    int end = offset + length;
    while (start < end && done >= 0 && done < DONE.length && bytes[start] == DONE[done]) {
      done++;
      start++;
    }
    if (start < end) {
      feedHeldBack();
      json.feed(bytes, start, end - start);
    }
  }

  /** What looked like the beginning of DONE is not it. */
  private void feedHeldBack() {
    if (done > 0) {
      json.feed(DONE, 0, done);
    }
    done = NOT_DONE;
  }

  @Override
  public void endOfDataLine() {
    if (done != DONE.length) {
      feedHeldBack();
      json.feed(NEWLINE, 0, 1);
    }
  }

  @Override
  public void endOfEvent() {
    if (inEvent) {
      inEvent = false;
      answer.endEvent();
      json.restart();
    }
    if (done == DONE.length) {
      answer.complete();
    }
    done = 0;
  }
}
