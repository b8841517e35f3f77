package io.tokenmeter.engine.attribution;

import io.tokenmeter.engine.OutgoingCall;
import java.util.Map;

/** Knows something of who pays for a call. Asked on the call's own thread. */
@FunctionalInterface
public interface AttributionSource {
  /** Keys and values that this source can tell; empty if none. */
  Map<String, String> attribution(OutgoingCall call);
}
