/** A second agent that breaks the first one's engine from the outside. */
package io.tokenmeter.javaagent.clients.faults;
