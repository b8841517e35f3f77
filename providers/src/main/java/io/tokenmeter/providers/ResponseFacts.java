package io.tokenmeter.providers;

import io.tokenmeter.api.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a response told about itself; null or empty where it told nothing.
 *
 * @param id the provider's id of the response
 * @param model the model that answered
 * @param usage as reported by the provider, null if it reported none
 * @param finishReasons one an answer, as on the wire
 * @param errorType the provider's type or code of an error, from an error body or an error event;
 *     never its message, which may quote the prompt
 * @param events how many stream events carried content; 0 for a plain body
 * @param complete whether the response came to its own end: the body's last bracket, the stream's
 *     closing event
 * @param pending whether the provider goes on making the answer although this response has ended,
 *     so that what it will use is not known yet
 */
public record ResponseFacts(
    @Nullable String id,
    @Nullable String model,
    @Nullable Usage usage,
    List<String> finishReasons,
    @Nullable String errorType,
    long events,
    boolean complete,
    boolean pending) {}
