package org.kobako.appliance.firmware;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.appliance.firmware.RefusedUpdateException.Reason;
import org.kobako.appliance.firmware.UpdateHeader.Payload;
import org.kobako.block.format.SigningKey;

class SignedUpdateTest {
  private static final String SHA256 = "0123456789abcdef".repeat(4);
  private static final UpdateHeader HEADER =
      new UpdateHeader("armhf", 1732190000, new Payload(5, SHA256), new Payload(7, SHA256));

  @TempDir Path directory;
  private SigningKey key;

  @BeforeEach
  void makeKey() throws IOException {
    key = SigningKey.create(directory.resolve("keys"));
  }

  private SignedUpdate read(byte[] file) throws RefusedUpdateException, IOException {
    return SignedUpdate.read(new ByteArrayInputStream(file), key.trustKey());
  }

  private Reason refused(byte[] file) {
    return catchThrowableOfType(RefusedUpdateException.class, () -> read(file)).reason();
  }

  /** A header with any statement, signed right. */
  private byte[] signed(String statement) {
    byte[] signature = key.signStatement(statement.getBytes(US_ASCII));
    return (statement + "signature: " + Base64.getEncoder().encodeToString(signature) + "\n\n")
        .getBytes(US_ASCII);
  }

  @Test
  void theHeaderIsAsItsPackageSays() {
    assertThat(new String(HEADER.signedBy(key), US_ASCII))
        .matches(
            """
            kobako-update 1
            target: armhf
            version: 1732190000
            boot: 5 %s
            root: 7 %s
            signature: [A-Za-z0-9+/]{86}==

            """
                .formatted(SHA256, SHA256));
  }

  @Test
  void whatIsSignedIsReadBackAndThePayloadIsLeftToTheReader() throws Exception {
    byte[] header = HEADER.signedBy(key);
    byte[] file = java.util.Arrays.copyOf(header, header.length + 12);
    ByteArrayInputStream in = new ByteArrayInputStream(file);

    assertThat(SignedUpdate.read(in, key.trustKey()).header()).isEqualTo(HEADER);
    assertThat(in.available()).isEqualTo(12);
  }

  @Test
  void anyBitThatIsTurnedIsRefused() {
    byte[] header = HEADER.signedBy(key);
    for (int i = 0; i < header.length * 8; i++) {
      byte[] forged = header.clone();
      forged[i / 8] ^= (byte) (1 << (i % 8));
      assertThat(refused(forged)).as("bit %d", i).isIn(Reason.MALFORMED, Reason.NOT_SIGNED);
    }
  }

  @Test
  void aHeaderThatEndsEarlyIsRefused() {
    byte[] header = HEADER.signedBy(key);
    for (int length = 0; length < header.length; length++) {
      assertThat(refused(java.util.Arrays.copyOf(header, length))).isEqualTo(Reason.MALFORMED);
    }
  }

  @Test
  void anotherKeysSignatureIsRefused() throws Exception {
    SigningKey other = SigningKey.create(directory.resolve("other"));

    assertThat(refused(HEADER.signedBy(other))).isEqualTo(Reason.NOT_SIGNED);
  }

  @Test
  void aHeaderWithoutAnEndIsNotReadFurtherThanItMayGo() {
    ByteArrayInputStream in = new ByteArrayInputStream(new byte[1 << 20]);

    assertThat(
            catchThrowableOfType(
                RefusedUpdateException.class, () -> SignedUpdate.read(in, key.trustKey())))
        .hasMessageContaining("a header of at most 4096 bytes is missing");
    assertThat(in.available()).isEqualTo((1 << 20) - UpdateHeader.MAX_BYTES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kobako-update 1\n",
        "kobako-update 1\ntarget: armhf\nversion: 1\nboot: 5 H\nroot: 7\n",
        "kobako-update 1\ntarget: armhf\nversion: 1\nboot: 5 H\nroot: 7 H\nmore: 1\n",
        "kobako-update 1\ntarget: armhf\nversion: 01\nboot: 5 H\nroot: 7 H\n",
        "kobako-update 1\ntarget: armhf\nversion: -1\nboot: 5 H\nroot: 7 H\n",
        "kobako-update 1\ntarget: armhf\nversion: 0\nboot: 5 H\nroot: 7 H\n",
        "kobako-update 1\ntarget: ../x\nversion: 1\nboot: 5 H\nroot: 7 H\n",
        "kobako-update 1\ntarget: armhf\nversion: 1\nboot: 0 H\nroot: 7 H\n",
        "kobako-update 1\ntarget: armhf\nversion: 1\nboot: 1099511627777 H\nroot: 7 H\n",
        "kobako-update 1\ntarget: armhf\nversion: 1\nboot: 99999999999999999999 H\nroot: 7 H\n",
        "kobako-update 1\ntarget: armhf\nversion: 1\nroot: 7 H\nboot: 5 H\n",
        "kobako-update 1\nversion: 1\ntarget: armhf\nboot: 5 H\nroot: 7 H\n",
      })
  void aSignedStatementThatThisFirmwareCannotReadIsRefused(String statement) {
    assertThat(refused(signed(statement.replace("H", SHA256)))).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void aLaterFormatIsRefusedEvenIfSigned() {
    assertThat(refused(signed(HEADER.statement().replace("update 1", "update 2"))))
        .isEqualTo(Reason.MALFORMED);
  }

  @Test
  void anUpdateThatNobodyCouldReadIsNotMade() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new UpdateHeader("arm hf", 1, HEADER.boot(), HEADER.root()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new UpdateHeader("armhf", 0, HEADER.boot(), HEADER.root()));
    assertThatIllegalArgumentException().isThrownBy(() -> new Payload(0, SHA256));
    assertThatIllegalArgumentException().isThrownBy(() -> new Payload(1, SHA256 + "0"));
  }

  @Test
  void aPayloadHasItsFilesLengthAndDigest() throws Exception {
    Path file = directory.resolve("payload");
    java.nio.file.Files.write(file, new byte[200_000]);

    assertThat(Payload.of(file))
        .isEqualTo(
            new Payload(
                200_000, "4cbbd9be0cba685835755f827758705db5a413c5494c34262cd25946a73e7582"));
  }
}
