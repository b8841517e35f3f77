package io.tokenmeter.benchmarks.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class PeakMemoryTest {
  @Test
  void parse_kernelsFormat_isInBytes() throws IOException {
    String status = "Name:\tjava\nVmPeak:\t 9123 kB\nVmHWM:\t   41280 kB\nVmRSS:\t   40000 kB\n";

    assertThat(PeakMemory.parse(status)).isEqualTo(41_280L * 1024);
  }

  @Test
  void parse_withoutTheField_isAnError() {
    assertThatThrownBy(() -> PeakMemory.parse("Name:\tjava\n")).isInstanceOf(IOException.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void bytes_ofThisJvm_areMoreThanItsHeapInUse() throws IOException {
    long[] inUse = new long[1_000_000];
    inUse[inUse.length - 1] = 1;

    assertThat(PeakMemory.bytes()).isGreaterThan(inUse.length * 8L);
  }
}
