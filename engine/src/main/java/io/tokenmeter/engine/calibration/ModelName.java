package io.tokenmeter.engine.calibration;

/**
 * Whose tokenizer it is.
 *
 * @param provider as in {@code gen_ai.provider.name}
 * @param model as requests name it
 */
public record ModelName(String provider, String model) {}
