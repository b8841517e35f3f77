package io.tokenmeter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void toString_alignsNamesLeftAndFiguresRight() {
    Table table = new Table("us", "p50", "p99");
    table.row("plain");
    table.row("  no agent", "187.6", "2511.2");
    table.row("  x", "9.0");

    assertThat(table)
        .hasToString(
            """
            us             p50      p99
            plain
              no agent   187.6   2511.2
              x            9.0
            """);
  }

  @Test
  void row_longerThanTheHeader_isRefused() {
    Table table = new Table("us", "p50");

    assertThatThrownBy(() -> table.row("a", "b", "c")).isInstanceOf(IllegalArgumentException.class);
  }
}
