package io.tokenmeter.engine;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Which ends show that no request reached the provider. After any other failure before an answer (a
 * time-out, a reset) the call may have been billed, so its input is charged.
 */
final class Unsent {
  /** Causes can run in a circle. */
  private static final int MOST_CAUSES = 32;

  private Unsent() {}

  static boolean isShownBy(Exchange.Ending ending) {
    if (ending.kind() == Exchange.Ending.Kind.UNSENT) {
      return true;
    }
    Throwable link = ending.cause();
    for (int i = 0; i < MOST_CAUSES && link != null; i++, link = link.getCause()) {
      if (link instanceof ConnectException
          || link instanceof UnknownHostException
          || link instanceof NoRouteToHostException
          || link instanceof UnresolvedAddressException
          || link instanceof SSLHandshakeException
          || link instanceof SSLPeerUnverifiedException
          || link instanceof HttpConnectTimeoutException
          || isConnectTimeout(link)) {
        return true;
      }
    }
    return false;
  }

  /** OkHttp's time-out while connecting differs from one while reading by its message only. */
  private static boolean isConnectTimeout(Throwable link) {
    String message = link.getMessage();
    return link instanceof SocketTimeoutException
        && message != null
        && message.toLowerCase(Locale.ROOT).startsWith("connect timed out");
  }
}
