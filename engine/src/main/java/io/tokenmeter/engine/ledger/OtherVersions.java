package io.tokenmeter.engine.ledger;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ledgers of other layouts in the same directory, each a file of its own. */
final class OtherVersions {
  private static final Pattern LOCK = Pattern.compile("ledger-v(\\d+)\\.p\\d+\\.lock");

  private OtherVersions() {}

  /**
   * The layouts that living processes have open; their budgets are not shared with ours. Under the
   * JVM's monitor.
   */
  static Set<Long> inUse(Path directory) throws IOException {
    Set<Long> versions = new TreeSet<>();
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(directory, "ledger-v*.p*.lock")) {
      for (Path lock : locks) {
        Matcher name = LOCK.matcher(lock.getFileName().toString());
        if (name.matches()) {
          long version = Long.parseLong(name.group(1));
          if (version != LedgerDescriptor.VERSION && isHeld(lock)) {
            versions.add(version);
          }
        }
      }
    }
    return versions;
  }

  private static boolean isHeld(Path file) throws IOException {
    try (LockFile lock = LockFile.tryLock(file)) {
      return lock == null;
    }
  }
}
