package io.tokenmeter.engine;

import org.jspecify.annotations.Nullable;

/** How a call can be changed before it is sent. */
interface Alteration {
  /** For a call that is not in the meter's hands. */
  Alteration NONE =
      new Alteration() {
        @Override
        public @Nullable Terms withModel(String model) {
          return null;
        }

        @Override
        public boolean canLimit(String model, long maxOutputTokens) {
          return false;
        }
      };

  /** The call as asked for, but to another model; null if it cannot be sent so. */
  @Nullable Terms withModel(String model);

  /** Whether the limit to one answer can be written into the request. */
  boolean canLimit(String model, long maxOutputTokens);
}
