package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.review.AuditFile;
import io.tokenmeter.engine.review.AuditFile.Contents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.stream.Stream;

/** Whether the audit file still says what was written into it. */
final class AuditCheck {
  private final Path home;
  private final InstantSource clock;
  private final Findings findings;

  AuditCheck(Path home, InstantSource clock, Findings findings) {
    this.home = home;
    this.clock = clock;
    this.findings = findings;
  }

  void run() {
    try {
      boolean exists = Files.exists(home.resolve(AuditFile.NAME), LinkOption.NOFOLLOW_LINKS);
      long audited = audited();
      if (exists || audited > 0) {
        findings.heading("Audit file: " + home.resolve(AuditFile.NAME));
        check(new AuditFile(home).read(), audited);
      }
    } catch (IOException unusable) {
      findings.error("the audit file cannot be checked: " + unusable.getMessage());
    }
  }

  /** How many entries the ledger knows of; looking creates none. */
  private long audited() throws IOException {
    if (!Files.isDirectory(home)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(home)) {
      if (files.noneMatch(
          file -> String.valueOf(file.getFileName()).matches("ledger-v\\d+\\.tm"))) {
        return 0;
      }
    }
    try (Ledger ledger = Ledger.open(home, clock)) {
      return ledger.audited();
    }
  }

  private void check(Contents contents, long audited) {
    contents.problems().forEach(findings::error);
    if (contents.lastNumber() < audited) {
      findings.error(
          "the last %d entries are missing: %d were written"
              .formatted(audited - contents.lastNumber(), audited));
    }
    if (contents.unfinished() > 0) {
      findings.warning(
          contents.unfinished()
              + " lines are not whole: a crash cut them short, or somebody changed them");
    }
    if (contents.problems().isEmpty() && contents.lastNumber() >= audited) {
      findings.ok("%d entries, each as it was written".formatted(contents.entries().size()));
    }
  }
}
