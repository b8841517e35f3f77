package io.tokenmeter.engine.ledger;

/**
 * What was spent on something in a window, by all processes of the host.
 *
 * @param window {@code day} or {@code month}, in UTC
 * @param dimension {@code team}, {@code model} or {@code provider}
 * @param value such as the team's name; empty for calls that name none
 * @param tokens all classes together
 * @param nanoUsd what they cost; calls without a known price add nothing
 * @param calls how many
 */
public record Spend(
    String window, String dimension, String value, long tokens, long nanoUsd, long calls) {}
