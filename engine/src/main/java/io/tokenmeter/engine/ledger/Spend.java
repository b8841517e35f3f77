package io.tokenmeter.engine.ledger;

import java.time.LocalDate;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was spent on one combination of payer and model in a window, by all processes of the host.
 *
 * @param id the same for the same row, in the ledger and in statements
 * @param window {@code day} or {@code month}, in UTC
 * @param start the window's first day
 * @param keys who pays and for what, such as {@code team} and {@code model}; those that calls did
 *     not have are missing. {@link SpendTable#OTHERS} for what there was no room to keep apart
 * @param tokens all classes together
 * @param nanoUsd what they cost; calls without a known price add nothing
 * @param calls how many
 * @param unpriced how many of them had no known price
 */
public record Spend(
    String id,
    String window,
    LocalDate start,
    Map<String, String> keys,
    long tokens,
    long nanoUsd,
    long calls,
    long unpriced) {

  public Spend {
    keys = Collections.unmodifiableMap(new TreeMap<>(keys));
  }
}
