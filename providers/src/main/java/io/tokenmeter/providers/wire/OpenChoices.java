package io.tokenmeter.providers.wire;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/** Which of a stream's numbered answers have not come to their end. */
public final class OpenChoices {
  private static final int MOST = 128;

  private final Set<Long> ended = new HashSet<>();
  private int count = 1;

  /** There are so many, or more; what nobody can mean is cut to 128. */
  public void atLeast(long choices) {
    count = (int) Math.max(count, Math.min(MOST, choices));
  }

  /**
   * Takes what an event says of one of them.
   *
   * @param reason the field that says why it ended
   */
  public void read(JsonCursor json, String reason) throws IOException {
    long[] index = {0};
    boolean[] over = {false};
    json.eachField(
        name -> {
          if (name.equals("index")) {
            index[0] = json.number(0);
          } else if (name.equals(reason)) {
            over[0] = !json.isNull();
          }
        });
    atLeast(index[0] + 1);
    if (over[0]) {
      ended.add(index[0]);
    }
  }

  public boolean allEnded() {
    return ended.size() >= count;
  }

  /** The indexes of those that go on, in their order. */
  public List<Long> open() {
    return LongStream.range(0, count).boxed().filter(index -> !ended.contains(index)).toList();
  }
}
