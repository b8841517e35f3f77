package io.tokenmeter.engine;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a seam knows of an HTTP call before it is sent.
 *
 * @param seam which seam saw it: {@code stainless}, {@code okhttp}, {@code jdk}
 * @param method the HTTP method
 * @param host the URL's host without port
 * @param port the port, the scheme's default included
 * @param path the URL's encoded path and query
 * @param header looks a request header up, any case; null where it is absent
 * @param body the request's body as it goes onto the wire; not changed by anyone
 * @param loader the class loader of the calling library, to find the application's own APIs
 */
public record OutgoingCall(
    String seam,
    String method,
    String host,
    int port,
    String path,
    Function<String, @Nullable String> header,
    byte[] body,
    @Nullable ClassLoader loader) {}
