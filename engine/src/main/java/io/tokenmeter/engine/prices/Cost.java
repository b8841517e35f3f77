package io.tokenmeter.engine.prices;

import io.tokenmeter.api.TokenClass;
import java.util.Map;

/**
 * What a call costs, in nano-USD, rounded up once for the whole call.
 *
 * @param nanoUsd the total
 * @param byClass the total split over token classes; the shares sum up to it exactly
 */
public record Cost(long nanoUsd, Map<TokenClass, Long> byClass) {}
