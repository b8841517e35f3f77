package io.tokenmeter.javaagent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class WeakIdentitySetTest {
  private final WeakIdentitySet set = new WeakIdentitySet();

  @Test
  void contains_equalButOtherObject_isFalse() {
    List<String> member = List.of("a");
    set.add(member);

    assertThat(set.contains(member)).isTrue();
    assertThat(set.contains(List.of("a"))).isFalse();
  }

  @Test
  void add_sameObjectTwice_keepsOneEntry() {
    Object member = new Object();
    set.add(member);
    set.add(member);

    assertThat(set.size()).isEqualTo(1);
  }

  @Test
  @Timeout(20)
  void add_afterAMemberIsUnreachable_forgetsIt() {
    set.add(new Object());
    Object kept = new Object();
    set.add(kept);

    while (set.size() > 1) {
      System.gc();
      set.add(kept);
    }

    assertThat(set.contains(kept)).isTrue();
  }
}
