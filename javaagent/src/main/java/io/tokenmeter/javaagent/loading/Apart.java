package io.tokenmeter.javaagent.loading;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Does on a thread of its own what outlives the calling thread's application. What is started there
 * inherits nothing of the caller: no class loader, no inheritable thread-locals, no thread group,
 * no protection domains, any of which would keep an undeployed application in memory. Nor does an
 * interrupt of the caller close the files that are opened there.
 */
public final class Apart {
  private Apart() {}

  /**
   * Waits for the task to end; an interrupt of the calling thread waits as well.
   *
   * @throws Exception what the task throws
   */
  public static <T> T call(Callable<T> task) throws Exception {
    FutureTask<T> future = new FutureTask<>(task);
    thread(future).start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException later) {
          interrupted = true;
        }
      }
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof Exception exception) {
        throw exception;
      }
      if (failure.getCause() instanceof Error error) {
        throw error;
      }
      throw failure;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Does not wait. */
  public static void run(Runnable task) {
    thread(task).start();
  }

  @SuppressWarnings("removal") // until JDK 24 a thread keeps the protection domains it came from
  private static Thread thread(Runnable task) {
    return AccessController.doPrivileged(
        (PrivilegedAction<Thread>)
            () -> {
              Thread thread = new Thread(system(), task, "tokenmeter-start", 0, false);
              thread.setDaemon(true);
              thread.setContextClassLoader(null);
              return thread;
            });
  }

  private static ThreadGroup system() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }
}
