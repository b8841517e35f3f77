package io.tokenmeter.providers;

/**
 * A request to send in place of the application's.
 *
 * @param path the URL's path and query; the same object as before where it did not change
 * @param body uncompressed
 */
public record Rewritten(String path, byte[] body) {}
