/** What the next turn of a conversation costs the meter, which has counted the ones before. */
@NullMarked
package io.tokenmeter.benchmarks.conversation;

import org.jspecify.annotations.NullMarked;
