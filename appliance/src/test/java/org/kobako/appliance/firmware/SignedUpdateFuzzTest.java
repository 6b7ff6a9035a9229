package org.kobako.appliance.firmware;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.kobako.block.format.SigningKey;

/** Any bytes are an update or are refused. */
class SignedUpdateFuzzTest {
  private static final SigningKey KEY = makeKey();

  private static SigningKey makeKey() {
    try {
      Path directory = Files.createTempDirectory("kobako-test");
      try {
        return SigningKey.create(directory);
      } finally {
        Files.deleteIfExists(directory.resolve(SigningKey.PRIVATE_FILE));
        Files.deleteIfExists(directory.resolve(SigningKey.PUBLIC_FILE));
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Signed right, so that a fuzzer gets to what lies behind the signature. */
  @FuzzTest(maxDuration = "60s")
  void aSignedStatementIsReadAsItIsWrittenOrRefused(byte[] bytes) throws IOException {
    String statement = new String(bytes, StandardCharsets.US_ASCII);
    byte[] signature;
    try {
      signature = KEY.signStatement(statement.getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException passesForAnIndex) {
      return;
    }
    String header =
        statement + "signature: " + Base64.getEncoder().encodeToString(signature) + "\n\n";
    try {
      SignedUpdate update = read(header.getBytes(StandardCharsets.US_ASCII));
      if (!update.header().statement().equals(statement)) {
        throw new AssertionError(statement + " was read as " + update.header());
      }
    } catch (RefusedUpdateException refused) {
      // One of two good ends.
    }
  }

  @FuzzTest(maxDuration = "30s")
  void whatNobodySignedIsRefused(byte[] file) throws IOException {
    try {
      throw new AssertionError("taken: " + read(file).header());
    } catch (RefusedUpdateException refused) {
      // As it should be.
    }
  }

  private static SignedUpdate read(byte[] file) throws RefusedUpdateException, IOException {
    return SignedUpdate.read(new ByteArrayInputStream(file), KEY.trustKey());
  }
}
