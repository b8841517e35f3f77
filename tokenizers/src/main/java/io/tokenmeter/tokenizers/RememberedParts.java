package io.tokenmeter.tokenizers;

/**
 * The parts of one request that need not be read again, because a counter remembers them. For one
 * thread, and for the counter that filled it.
 */
public final class RememberedParts {
  private final RequestTokens tokens = new RequestTokens();
  private int count;
  private int marks;

  void add(RequestMemory.Entry entry) {
    count++;
    marks |= entry.marks;
    tokens.add(entry);
  }

  RequestTokens tokens() {
    return tokens;
  }

  /** How many parts. */
  public int count() {
    return count;
  }

  /** All marks that any of them was remembered with. */
  public int marks() {
    return marks;
  }
}
