package io.tokenmeter.benchmarks.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProseTest {
  @Test
  void text_isExactlyAsLongAsAsked() {
    Prose prose = new Prose(1);

    assertThat(prose.text(2048)).hasSize(2048);
    assertThat(prose.text(65_536)).hasSize(65_536);
  }

  @Test
  void text_sameSeed_isTheSameSequence() {
    Prose one = new Prose(7);
    Prose other = new Prose(7);

    assertThat(one.text(2048)).isEqualTo(other.text(2048));
    assertThat(one.text(2048)).isEqualTo(other.text(2048));
  }

  @Test
  void text_ofManyCallsAndSeeds_neverComesTwice() {
    Set<String> starts = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      Prose prose = new Prose(seed);
      for (int call = 0; call < 50; call++) {
        starts.add(prose.text(200));
      }
    }

    assertThat(starts).hasSize(2500);
  }

  @Test
  void text_isPrintableAscii() {
    assertThat(new Prose(3).text(65_536)).matches("[ -~\n]+");
  }
}
