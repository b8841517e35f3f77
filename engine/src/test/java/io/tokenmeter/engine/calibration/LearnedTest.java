package io.tokenmeter.engine.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tokenmeter.tokenizers.FactorRule;
import io.tokenmeter.tokenizers.TextFactor;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LearnedTest {
  private static final FactorRule CLOSED =
      new FactorRule("o200k_base", new TextFactor(1.2, 0.1), 0.6, 2.4, 16);
  private static final FactorRule KNOWN =
      new FactorRule("o200k_base", new TextFactor(1, 0.03), 1, 1, 0);

  private final SplittableRandom random = new SplittableRandom(20261125);

  /** How often, over the last calls, the provider's figure was above what was held. */
  private record Course(Learned end, double passed, double meanFactor) {}

  private Course learn(FactorRule rule, int calls, DoubleSupplier truth) {
    Learned learned = Learned.start(rule);
    int passed = 0;
    int counted = 0;
    double factors = 0;
    for (int i = 0; i < calls; i++) {
      long text = (long) (64 * Math.pow(1_000, random.nextDouble()));
      long framing = 3 + random.nextInt(20);
      Sample call = new Sample(text, framing, Math.round(text * truth.getAsDouble()) + framing);
      if (i >= calls / 2) {
        counted++;
        factors += learned.factor();
        passed += call.excess(learned.factor(), rule.slack()) > learned.margin() ? 1 : 0;
      }
      learned = learned.with(call, rule);
    }
    return new Course(learned, passed / (double) counted, factors / counted);
  }

  @ParameterizedTest
  @CsvSource({"1.2, 0.0", "1.2, 0.02", "1.53, 0.01", "0.7, 0.05", "2.3, 0.02", "0.65, 0.0"})
  void with_callsAroundOneFactor_findsItAndSaysHowSureItIs(double truth, double spread) {
    Course course = learn(CLOSED, 4_000, () -> truth * Math.exp(spread * random.nextGaussian()));
    assertThat(course.meanFactor()).isCloseTo(truth, within(truth * (0.005 + spread / 10)));
    // Of a normal distribution the mean error is 0.8 of the spread; a token more or less is
    // rounding.
    assertThat(course.end().meanError()).isCloseTo(0.8 * spread, within(0.004 + spread / 5));
    assertThat(course.passed()).isLessThan(0.015);
    assertThat(course.end().margin()).isLessThan(Math.max(0.021, 4 * spread));
    assertThat(course.end().calls()).isEqualTo(4_000);
  }

  @Test
  void with_aFewCalls_isMostOfTheWayThere() {
    Course course = learn(CLOSED, 25, () -> 1.8);
    assertThat(course.end().factor()).isCloseTo(1.8, within(0.1));
  }

  @Test
  void with_tokenizerThatChanges_followsWithinSomeHundredCalls() {
    int[] calls = {0};
    Course course = learn(CLOSED, 1_000, () -> calls[0]++ < 600 ? 1.2 : 1.6);
    assertThat(course.end().factor()).isCloseTo(1.6, within(0.05));
  }

  /** Caches that are not reported, prompts that a proxy adds, another model behind the name. */
  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.3, 3, 40})
  void with_oneOutlierInTwenty_staysWithTheRest(double outlier) {
    Course course =
        learn(
            CLOSED,
            6_000,
            () ->
                1.3
                    * Math.exp(0.01 * random.nextGaussian())
                    * (random.nextInt(20) == 0 ? outlier : 1));
    assertThat(course.meanFactor()).isCloseTo(1.3, within(0.03));
  }

  /** One text in twenty is of a script that counts 30 % more: its holds are upper bounds too. */
  @Test
  void with_rareTextsThatCountMore_holdsEnoughForThem() {
    Course course =
        learn(
            CLOSED,
            20_000,
            () -> (random.nextInt(20) == 0 ? 1.3 : 1) * (1 + random.nextDouble() / 50));
    assertThat(course.passed()).isLessThan(0.015);
  }

  @Test
  void with_hostileReports_staysWithinItsBounds() {
    long[] figures = {1, 2, 63, 1_000_000, 1L << 53, Long.MAX_VALUE};
    for (FactorRule rule : new FactorRule[] {CLOSED, KNOWN}) {
      Learned learned = Learned.start(rule);
      for (int i = 0; i < 50_000; i++) {
        long reported =
            i % 3 == 0 ? figures[random.nextInt(figures.length)] : 1 + random.nextLong(1L << 40);
        learned =
            learned.with(
                new Sample(64 + random.nextInt(5_000), random.nextInt(9_000), reported), rule);
        assertThat(learned.factor()).isBetween(rule.least(), rule.most());
        assertThat(learned.meanError()).isBetween(0.0, 1.0);
        assertThat(learned.margin()).isBetween(0.02, 1.0);
      }
    }
  }

  @Test
  void with_allReportsTooHigh_stopsAtTheMost() {
    assertThat(learn(CLOSED, 2_000, () -> 50).end().factor()).isCloseTo(2.4, within(0.001));
    assertThat(learn(CLOSED, 2_000, () -> 0.01).end().factor()).isCloseTo(0.6, within(0.001));
  }

  @Test
  void with_knownTokenizer_learnsTheErrorOnly() {
    Course course = learn(KNOWN, 1_000, () -> 1.1);
    assertThat(course.end().factor()).isEqualTo(1);
    assertThat(course.end().meanError()).isCloseTo(0.09, within(0.01));
    assertThat(course.end().margin()).isBetween(0.09, 0.14);
    assertThat(learn(KNOWN, 5_000, () -> 1).end().margin()).isEqualTo(0.03);
  }

  @Test
  void with_moreRulesThanText_leavesTheFactor() {
    Learned start = Learned.start(CLOSED);
    Learned next = start.with(new Sample(100, 496, 900), CLOSED);
    assertThat(next.factor()).isEqualTo(start.factor());
    assertThat(next.meanError()).isGreaterThan(start.meanError());
  }

  @Test
  void within_nonsenseOrAnotherEncoding_isOfUse() {
    Learned nonsense = new Learned("o200k_base", 1e9, Double.NaN, -5, -1);
    assertThat(nonsense.within(CLOSED)).isEqualTo(new Learned("o200k_base", 2.4, 0, 0.02, 0));
    assertThat(new Learned("cl100k_base", 1.1, 0.1, 0.1, 9).within(CLOSED))
        .isEqualTo(Learned.start(CLOSED));
  }
}
