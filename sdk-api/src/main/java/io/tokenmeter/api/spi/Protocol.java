package io.tokenmeter.api.spi;

/**
 * The operations and keys of {@link Backend#call}. Values are {@link String}, {@link Long}, {@link
 * Boolean}, {@code List} and {@code Map} of these, or an opaque handle. Money is in nano-USD, time
 * in epoch milliseconds. Names are only ever added.
 */
public final class Protocol {
  /**
   * Reserves. Takes {@link #PROVIDER}, {@link #MODEL}, {@link #INPUT_TOKENS} or {@link
   * #INPUT_TEXT}, {@link #MAX_OUTPUT_TOKENS}, {@link #ATTRIBUTION}. Gives {@link #HANDLE}, or
   * {@link #REFUSAL}.
   */
  public static final String RESERVE = "reserve";

  /** Settles. Takes {@link #HANDLE} and {@link #USAGE}, a map from token class label to count. */
  public static final String SETTLE = "settle";

  /** Gives a reservation back unspent. Takes {@link #HANDLE}. */
  public static final String RELEASE = "release";

  /** Lists budgets. Gives {@link #BUDGETS}, a list of maps with the keys from {@link #NAME} on. */
  public static final String LIST_BUDGETS = "list-budgets";

  /**
   * Has a listener told of thresholds. Takes {@link #LISTENER}, a {@link
   * java.util.function.Consumer} of maps with the keys from {@link #NAME} on and {@link #PERCENT}.
   * Gives {@link #HANDLE}.
   */
  public static final String LISTEN = "listen";

  /** Tells a listener nothing more. Takes {@link #HANDLE}. */
  public static final String UNLISTEN = "unlisten";

  public static final String ERROR = "error";
  public static final String HANDLE = "handle";
  public static final String REFUSAL = "refusal";
  public static final String BUDGETS = "budgets";

  public static final String PROVIDER = "provider";
  public static final String MODEL = "model";
  public static final String INPUT_TOKENS = "input-tokens";
  public static final String INPUT_TEXT = "input-text";
  public static final String MAX_OUTPUT_TOKENS = "max-output-tokens";
  public static final String ATTRIBUTION = "attribution";
  public static final String USAGE = "usage";
  public static final String LISTENER = "listener";

  /** The threshold that was reached. */
  public static final String PERCENT = "percent";

  /** The budget's name in the configuration. */
  public static final String NAME = "name";

  /** Which part of the budget's rule this row is for, such as {@code team=search}; may be empty. */
  public static final String SCOPE = "scope";

  /** {@code tokens} or {@code usd}. */
  public static final String UNIT = "unit";

  /** {@code hard} or {@code observe}. */
  public static final String MODE = "mode";

  /** {@code minute}, {@code day}, {@code month}. */
  public static final String WINDOW = "window";

  /** In the unit: tokens, or nano-USD. */
  public static final String LIMIT = "limit";

  public static final String USED = "used";
  public static final String RESERVED = "reserved";
  public static final String REMAINING = "remaining";

  /** When the window ends, or when a refilling bucket is full again. */
  public static final String RESETS_AT = "resets-at";

  /** What a refused call would have reserved, in the unit. */
  public static final String REQUESTED = "requested";

  /** A refusal's text for people. */
  public static final String MESSAGE = "message";

  private Protocol() {}
}
