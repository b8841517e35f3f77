package io.tokenmeter.engine.attribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands for API keys where the keys themselves may not: the first 64 bits of HMAC-SHA-256 over the
 * key, in 16 hexadecimal digits, salted so that nobody can try keys against a fingerprint from
 * elsewhere. Thread-safe, without locks.
 */
public final class ApiKeyFingerprint {
  private static final int BYTES = 8;
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{" + 2 * BYTES + "}");

  /** SHA-256's block, to which RFC 2104 pads the salt. */
  private static final int BLOCK_BYTES = 64;

  private static final int REMEMBERED = 256;

  private final byte[] innerPad;
  private final byte[] outerPad;
  private final SipHash memoryHash;
  private final AtomicReferenceArray<@Nullable Known> known =
      new AtomicReferenceArray<>(REMEMBERED);

  /** A key's hash under a secret of this process, in place of the key. */
  private record Known(long keyHash, String fingerprint) {}

  private ApiKeyFingerprint(byte[] salt) {
    byte[] block = Arrays.copyOf(salt.length > BLOCK_BYTES ? sha256(salt) : salt, BLOCK_BYTES);
    this.innerPad = xor(block, 0x36);
    this.outerPad = xor(block, 0x5c);
    SecureRandom random = new SecureRandom();
    this.memoryHash = new SipHash(random.nextLong(), random.nextLong());
  }

  /** Fingerprints under a salt of the user's, which several hosts may share. */
  public static ApiKeyFingerprint salted(String salt) {
    return new ApiKeyFingerprint(salt.getBytes(UTF_8));
  }

  /**
   * Fingerprints under the configured salt, else under this host's own, which is created in the
   * state directory when it is first needed.
   *
   * @throws IOException if the host's salt can be neither read nor created
   */
  public static ApiKeyFingerprint open(Path home, Optional<String> configuredSalt)
      throws IOException {
    return configuredSalt.isPresent()
        ? salted(configuredSalt.get())
        : new ApiKeyFingerprint(SaltFile.readOrCreate(home));
  }

  /** Whether a text has the form of a fingerprint. */
  public static boolean isFingerprint(String text) {
    return FORM.matcher(text).matches();
  }

  /** The fingerprint of a key. A key seen lately costs a short hash only. */
  public String of(String apiKey) {
    long keyHash = memoryHash.hash(apiKey);
    int slot = (int) keyHash & (REMEMBERED - 1);
    Known before = known.get(slot);
    if (before != null && before.keyHash == keyHash) {
      return before.fingerprint;
    }
    byte[] mac = sha256(outerPad, sha256(innerPad, apiKey.getBytes(UTF_8)));
    String fingerprint = HexFormat.of().formatHex(mac, 0, BYTES);
    known.set(slot, new Known(keyHash, fingerprint));
    return fingerprint;
  }

  private static byte[] xor(byte[] block, int pad) {
    byte[] result = new byte[block.length];
    for (int i = 0; i < block.length; i++) {
      result[i] = (byte) (block[i] ^ pad);
    }
    return result;
  }

  private static byte[] sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
