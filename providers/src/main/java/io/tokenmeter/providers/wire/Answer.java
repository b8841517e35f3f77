package io.tokenmeter.providers.wire;

import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.ResponseFacts;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects what a response tells of itself; a dialect adds its usage figures. Not thread-safe. */
public abstract class Answer {
  private static final int LONGEST_IDENTIFIER = 64;
  private static final int MOST_CHOICES = 128;
  private static final long UNNUMBERED = -1;

  private final boolean success;
  private final Consumer<? super CharSequence> output;
  private final SortedMap<Long, String> finishReasons = new TreeMap<>();
  private @Nullable String finishReason;
  private long choice = UNNUMBERED;
  private long choicesInDocument;
  private @Nullable String id;
  private @Nullable String model;
  private @Nullable String errorType;
  private int errorRank = Integer.MAX_VALUE;
  private long events;
  private boolean inEvent;
  private boolean eventHasOutput;
  private boolean complete;
  private boolean pending;

  /**
   * @param status the response's HTTP status
   * @param output receives the model's text
   */
  protected Answer(int status, Consumer<? super CharSequence> output) {
    this.success = status >= 200 && status < 300;
    this.output = output;
  }

  /** The usage as reported so far, null if none was. */
  protected abstract @Nullable Usage usage();

  /** One event of a stream, or one document of an array, is about to be read. */
  final void beginEvent() {
    inEvent = true;
    eventHasOutput = false;
  }

  /** A plain body, an event of a stream or a document of an array has been read. */
  final void endDocument() {
    documentRead();
    endChoice();
    choicesInDocument = 0;
  }

  /** For what can only be told once all fields of a document are known. */
  protected void documentRead() {}

  final void endEvent() {
    inEvent = false;
  }

  /** The outermost bracket has closed, which ends a plain body but not a stream of events. */
  final void endRoot() {
    complete |= !inEvent;
  }

  /** The response came to its own end. */
  protected final void complete() {
    complete = true;
  }

  /** Whether the provider is still at the answer that this response is about. */
  protected final void pending(boolean isPending) {
    pending = isPending;
  }

  protected final boolean isSuccess() {
    return success;
  }

  /** The next piece of the model's text. */
  protected final void output(CharSequence text) {
    if (!success || text.isEmpty()) {
      return;
    }
    if (inEvent && !eventHasOutput) {
      eventHasOutput = true;
      events++;
    }
    output.accept(text);
  }

  public final void id(String value) {
    id = isName(value) ? value : id;
  }

  public final void model(String value) {
    model = isName(value) ? value : model;
  }

  /** Why the choice at hand, or the only one, ended. */
  public final void finishReason(String value) {
    finishReason = isIdentifier(value) ? value : finishReason;
  }

  /** Which of several choices is at hand. */
  public final void choice(long index) {
    choice = index;
  }

  /**
   * All of a choice has been read, as far as this document goes. A stream may give a choice's
   * reason more than once, so the last one counts.
   */
  public final void endChoice() {
    long index = choice == UNNUMBERED ? choicesInDocument : choice;
    if (finishReason != null
        && (finishReasons.size() < MOST_CHOICES || finishReasons.containsKey(index))) {
      finishReasons.put(index, finishReason);
    }
    choicesInDocument++;
    finishReason = null;
    choice = UNNUMBERED;
  }

  /**
   * A name that the provider has for an error. One that cannot be a name, such as a message, is
   * passed over.
   *
   * @param rank the name of the lowest rank is told
   */
  public final void error(int rank, String name) {
    if (rank < errorRank && isIdentifier(name)) {
      errorRank = rank;
      errorType = name;
    }
  }

  /** Ids and models go into logs and metrics, so nothing else is taken for one. */
  private static boolean isName(String value) {
    return !value.isEmpty()
        && value.length() <= RequestDraft.LONGEST_NAME
        && value.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private static boolean isIdentifier(String value) {
    if (value.isEmpty() || value.length() > LONGEST_IDENTIFIER) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '.'
              || c == '-';
      if (!allowed) {
        return false;
      }
    }
    return true;
  }

  final ResponseFacts facts() {
    return new ResponseFacts(
        id,
        model,
        success ? usage() : null,
        List.copyOf(finishReasons.values()),
        errorType,
        events,
        complete,
        pending && complete);
  }
}
