package io.tokenmeter.benchmarks.tokenizers;

import com.knuddels.jtokkit.api.EncodingType;
import io.tokenmeter.tokenizers.Encoding;
import io.tokenmeter.tokenizers.FreshEncodings;

/** What is compared. */
enum Peer {
  TOKENMETER("tokenmeter") {
    @Override
    Counter open(String encoding) {
      Encoding fresh = FreshEncodings.load(encoding);
      return fresh::count;
    }
  },

  JTOKKIT("jtokkit") {
    @Override
    Counter open(String encoding) {
      com.knuddels.jtokkit.api.Encoding fresh =
          com.knuddels.jtokkit.Encodings.newLazyEncodingRegistry()
              .getEncoding(EncodingType.fromName(encoding).orElseThrow());
      return fresh::countTokensOrdinary;
    }
  };

  private final String label;

  Peer(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /** Loads an instance that was never used: whatever it remembers of texts is empty. */
  abstract Counter open(String encoding);
}
