package io.tokenmeter.tokenizers;

/**
 * The parts of one request that need not be read again, because a counter remembers them. For one
 * thread, and for the counter that filled it.
 */
public final class RememberedParts {
  private final RequestTokens tokens = new RequestTokens();
  private int count;
  private int mark;

  void add(RequestMemory.Entry entry) {
    count++;
    mark = Math.max(mark, entry.mark);
    tokens.add(entry);
  }

  RequestTokens tokens() {
    return tokens;
  }

  /** How many parts. */
  public int count() {
    return count;
  }

  /** The highest mark that any of them was remembered with. */
  public int mark() {
    return mark;
  }
}
