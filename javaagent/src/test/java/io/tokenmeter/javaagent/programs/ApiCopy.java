package io.tokenmeter.javaagent.programs;

import io.tokenmeter.api.Attribution;
import io.tokenmeter.api.TokenMeter;
import java.util.function.Supplier;

/** Says how the meter looks from the copy of the API in its own class loader. */
public final class ApiCopy implements Supplier<String> {

  @Override
  public String get() {
    TokenMeter meter = TokenMeter.get();
    boolean own = TokenMeter.class.getClassLoader() == ApiCopy.class.getClassLoader();
    return (own ? "own " : "foreign ")
        + meter.mode()
        + " "
        + Attribution.current().asMap()
        + " reserved="
        + meter.budget("search").map(budget -> budget.reserved()).orElse(-1L);
  }
}
