package io.tokenmeter.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AttributionTest {

  @Test
  void current_outsideOfAnyScope_isEmpty() {
    assertThat(Attribution.current()).isEqualTo(Attribution.empty());
  }

  @Test
  void makeCurrent_nested_innerKeysWinAndOuterOnesStay() {
    try (Attribution.Scope outer = Attribution.of("team", "search", "user", "ada").makeCurrent()) {
      try (Attribution.Scope inner = Attribution.of("user", "bob").makeCurrent()) {
        assertThat(Attribution.current().asMap())
            .containsExactlyInAnyOrderEntriesOf(Map.of("team", "search", "user", "bob"));
      }
      assertThat(Attribution.current().get("user")).isEqualTo("ada");
    }
    assertThat(Attribution.current().asMap()).isEmpty();
  }

  @Test
  void makeCurrent_whenTheBodyThrows_isUndone() {
    assertThatThrownBy(
            () -> {
              try (Attribution.Scope scope = Attribution.of("team", "search").makeCurrent()) {
                throw new IllegalStateException("body");
              }
            })
        .hasMessage("body");
    assertThat(Attribution.current()).isEqualTo(Attribution.empty());
  }

  @Test
  void propagating_carriesTheSubmittersAttributionToThePoolsThread() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      FutureTask<Attribution> seen = new FutureTask<>(Attribution::current);
      FutureTask<Attribution> seenAfterwards = new FutureTask<>(Attribution::current);
      try (Attribution.Scope scope = Attribution.of("team", "search").makeCurrent()) {
        Attribution.propagating((java.util.concurrent.Executor) pool).execute(seen);
      }
      pool.execute(seenAfterwards);
      assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo(Attribution.of("team", "search"));
      assertThat(seenAfterwards.get(10, TimeUnit.SECONDS)).isEqualTo(Attribution.empty());
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void propagating_aService_carriesItThroughSubmit() throws Exception {
    ExecutorService pool = Attribution.propagating(Executors.newCachedThreadPool());
    try (Attribution.Scope scope = Attribution.of("team", "search").makeCurrent()) {
      assertThat(pool.submit(Attribution::current).get(10, TimeUnit.SECONDS))
          .isEqualTo(Attribution.of("team", "search"));
    } finally {
      pool.shutdown();
    }
    assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void wrap_replacesWhatIsLeftOnTheThread() throws Exception {
    Callable<Attribution> wrapped =
        Attribution.of("user", "ada").wrap((Callable<Attribution>) Attribution::current);
    try (Attribution.Scope leftover = Attribution.of("team", "other").makeCurrent()) {
      assertThat(wrapped.call()).isEqualTo(Attribution.of("user", "ada"));
      assertThat(Attribution.current()).isEqualTo(Attribution.of("team", "other"));
    }
  }

  @Test
  void asMap_cannotBeChanged() {
    Map<String, String> map = Attribution.of("team", "search").asMap();
    assertThatThrownBy(() -> map.put("team", "other"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void of_nullValue_isRefused() {
    assertThatThrownBy(() -> Attribution.of("team", null)).hasMessage("value");
  }
}
