/** What the user set: {@code tokenmeter.yaml}, system properties, environment variables. */
@NullMarked
package io.tokenmeter.engine.config;

import org.jspecify.annotations.NullMarked;
