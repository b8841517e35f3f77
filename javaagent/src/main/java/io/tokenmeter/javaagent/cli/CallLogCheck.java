package io.tokenmeter.javaagent.cli;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Whether the call log can be written by this user. Creates nothing. */
final class CallLogCheck {
  private final Path file;
  private final Findings findings;

  CallLogCheck(Path file, Findings findings) {
    this.file = file;
    this.findings = findings;
  }

  void run() {
    findings.heading("Call log: " + file);
    if (Files.isSymbolicLink(file)) {
      findings.error("is a symbolic link, which is not followed; name the file itself");
    } else if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      checkExisting(file);
    } else {
      checkParent();
    }
  }

  private void checkExisting(Path path) {
    if (Files.isDirectory(path)) {
      findings.error("is a directory; name a file");
    } else if (Files.isWritable(path)) {
      findings.ok("can be written");
    } else {
      findings.error("cannot be written by this user");
    }
  }

  private void checkParent() {
    Path parent = file.getParent();
    while (parent != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    if (parent == null || !Files.isDirectory(parent) || !Files.isWritable(parent)) {
      findings.error("does not exist and cannot be created in " + parent);
    } else {
      findings.ok("does not exist yet; the first call creates it");
    }
  }
}
