package io.tokenmeter.samples;

import io.tokenmeter.api.Attribution;
import io.tokenmeter.api.BudgetExceededException;
import io.tokenmeter.api.Reservation;
import io.tokenmeter.api.TokenMeter;
import io.tokenmeter.api.Usage;

/**
 * The Budget API by hand, for a model that the agent cannot see: one in this very process, say.
 * Runs with the agent, with tokenmeter-engine on the class path, or with neither.
 */
public final class BudgetApiExample {
  private BudgetApiExample() {}

  /** Reserves, calls, settles; then shows every budget. */
  public static void main(String[] arguments) {
    TokenMeter meter = TokenMeter.get();
    System.out.println("mode: " + meter.mode());
    String prompt = "Which trees grow well on wet clay?";
    try (Attribution.Scope scope =
            Attribution.of("team", "assistants", "user", "ann").makeCurrent();
        Reservation hold =
            meter
                .reservation("openai", "gpt-4o-mini")
                .inputText(prompt)
                .maxOutputTokens(200)
                .reserve()) {
      String answer = localModel(prompt);
      System.out.println("answer: " + answer);
      hold.settle(Usage.of(9, 6));
    } catch (BudgetExceededException noMoney) {
      System.out.println("refused: " + noMoney.getMessage());
    }
    meter.budgets().forEach(budget -> System.out.println("budget: " + budget));
  }

  private static String localModel(String prompt) {
    return prompt.contains("clay") ? "Alder, willow and poplar." : "I do not know.";
  }
}
