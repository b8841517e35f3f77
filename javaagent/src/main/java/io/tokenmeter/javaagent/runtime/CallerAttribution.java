package io.tokenmeter.javaagent.runtime;

import io.tokenmeter.api.Attribution;

/** Who pays for what the calling thread does, to be carried to another thread. */
public final class CallerAttribution {
  private final Attribution attribution;

  private CallerAttribution(Attribution attribution) {
    this.attribution = attribution;
  }

  public static CallerAttribution capture() {
    return new CallerAttribution(Attribution.current());
  }

  /** Runs a task under it. */
  public void run(Runnable task) {
    attribution.wrap(task).run();
  }
}
