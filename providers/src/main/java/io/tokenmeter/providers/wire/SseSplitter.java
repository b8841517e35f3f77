package io.tokenmeter.providers.wire;

/**
 * Splits a stream of server-sent events, cut anywhere, into the data of each (WHATWG HTML, 9.2.6).
 * Holds none of it: data is handed on as it comes. A byte order mark is the caller's.
 */
final class SseSplitter {
  private static final byte[] FIELD = {'d', 'a', 't', 'a'};

  /** Where in the stream the splitter stands. */
  private enum Place {
    FIELD_NAME,
    AFTER_COLON,
    DATA,
    OTHER
  }

  private final Sink sink;
  private Place place = Place.FIELD_NAME;
  private int matched;
  private boolean afterCarriageReturn;
  private boolean emptyLine = true;

  /** Takes the data of events. */
  interface Sink {
    /** The next piece of an event's data. */
    void data(byte[] bytes, int offset, int length);

    /** A line of data has ended; the event may have more. */
    void endOfDataLine();

    /** The event has ended. Also called for events without data. */
    void endOfEvent();
  }

  SseSplitter(Sink sink) {
    this.sink = sink;
  }

  void feed(byte[] bytes, int offset, int length) {
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      byte next = bytes[i];
      if (next == '\n' && afterCarriageReturn) {
        afterCarriageReturn = false;
        continue;
      }
      afterCarriageReturn = next == '\r';
      if (next == '\n' || next == '\r') {
        endOfLine();
      } else if (place == Place.DATA || (place == Place.AFTER_COLON && next != ' ')) {
        int lineEnd = i;
        while (lineEnd < end && bytes[lineEnd] != '\n' && bytes[lineEnd] != '\r') {
          lineEnd++;
        }
        place = Place.DATA;
        sink.data(bytes, i, lineEnd - i);
        i = lineEnd - 1;
      } else {
        step(next);
      }
    }
  }

  private void step(byte next) {
    emptyLine = false;
    if (place == Place.AFTER_COLON) {
      place = Place.DATA; // the one space that belongs to the colon
    } else if (place == Place.FIELD_NAME) {
      if (matched == FIELD.length && next == ':') {
        place = Place.AFTER_COLON;
      } else if (matched < FIELD.length && next == FIELD[matched]) {
        matched++;
      } else {
        place = Place.OTHER;
      }
    }
  }

  private void endOfLine() {
    if (emptyLine) {
      sink.endOfEvent();
    } else if (place == Place.DATA || place == Place.AFTER_COLON) {
      sink.endOfDataLine();
    }
    place = Place.FIELD_NAME;
    matched = 0;
    emptyLine = true;
  }
}
