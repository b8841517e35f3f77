package io.tokenmeter.engine;

/**
 * What the application gets in place of bytes that came.
 *
 * @param bytes may be none; not changed by anyone
 * @param last whether the body ends with them: the rest is not to be read, the connection to be
 *     closed
 */
public record Handover(byte[] bytes, boolean last) {}
