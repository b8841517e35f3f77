package io.tokenmeter.javaagent.runtime;

import org.jspecify.annotations.Nullable;

/**
 * What happens at a door of a library. Woven code calls the three {@code on...} methods and does
 * nothing else; whatever they throw is swallowed and counted by the bridge, and the library goes on
 * as if nothing stood there. Stateless: an instance is made for each woven place.
 */
public abstract class Advice {

  /**
   * A method of the library is being entered.
   *
   * @param arguments of the method
   * @return null to let the call go untouched; otherwise what stands in for the method's own work
   *     (to be returned, or thrown if it is a {@link Throwable}) or null, whatever {@link #leaving}
   *     needs, and then the arguments to go on with, as many as the door replaces
   */
  protected abstract @Nullable Object @Nullable [] entering(
      Object self, @Nullable Object[] arguments) throws Exception;

  /**
   * The method is being left, after {@link #entering} gave something that stands in for nothing.
   *
   * @param result what it returns
   * @param thrown what it throws instead
   * @return what it is to return; null to leave that as it is
   */
  protected @Nullable Object leaving(
      Object self,
      @Nullable Object[] entered,
      @Nullable Object result,
      @Nullable Throwable thrown) {
    return null;
  }

  /** Woven in front of the method's first instruction. */
  public final @Nullable Object @Nullable [] onEnter(Object self, @Nullable Object[] arguments)
      throws Exception {
    return entering(self, arguments);
  }

  /** Woven in front of each return. */
  public final @Nullable Object onReturn(
      @Nullable Object result, Object self, @Nullable Object @Nullable [] entered) {
    Object instead = entered == null ? null : leaving(self, entered, result, null);
    return instead == null ? result : instead;
  }

  /** Woven around all of it; what was thrown goes on its way. */
  public final void onThrow(Throwable thrown, Object self, @Nullable Object @Nullable [] entered) {
    if (entered != null) {
      leaving(self, entered, null, thrown);
    }
  }
}
