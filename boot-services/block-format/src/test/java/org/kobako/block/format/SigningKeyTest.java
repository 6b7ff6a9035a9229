package org.kobako.block.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeyTest {
  private static final byte[] DIGEST = CraftedIndex.DIGEST;

  @TempDir Path directory;

  /** The key pair of a seed of RFC 8032, as files. */
  static SigningKey ofSeed(Path directory, String seedHex, String pointHex) throws IOException {
    Files.createDirectories(directory);
    byte[] seed = HexFormat.of().parseHex("302e020100300506032b657004220420" + seedHex);
    Path privateFile = directory.resolve(SigningKey.PRIVATE_FILE);
    Files.write(privateFile, Pem.encode("PRIVATE KEY", seed));
    TrustKey.ofPoint(HexFormat.of().parseHex(pointHex))
        .orElseThrow()
        .write(directory.resolve(SigningKey.PUBLIC_FILE));
    return SigningKey.read(privateFile);
  }

  @Test
  void aKeyThatWasMadeIsReadBack() throws Exception {
    SigningKey made = SigningKey.create(directory.resolve("new/keys"));
    SigningKey read = SigningKey.read(directory.resolve("new/keys/kobako.key"));
    TrustKey trust = TrustKey.read(directory.resolve("new/keys/kobako.pub"));
    assertThat(trust.verify(DIGEST, made.sign(DIGEST))).isTrue();
    assertThat(read.sign(DIGEST)).isEqualTo(made.sign(DIGEST));
    assertThat(trust.id()).isEqualTo(made.trustKey().id()).hasSize(16);
  }

  @Test
  void onlyItsOwnerReadsAPrivateKey() throws Exception {
    SigningKey.create(directory);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve(SigningKey.PRIVATE_FILE))))
        .isEqualTo("rw-------");
  }

  @ParameterizedTest
  @ValueSource(strings = {SigningKey.PRIVATE_FILE, SigningKey.PUBLIC_FILE})
  void aKeyIsNeverOverwritten(String file) throws Exception {
    Files.writeString(directory.resolve(file), "a key");
    assertThatThrownBy(() -> SigningKey.create(directory))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining(file);
    assertThat(directory.resolve(file)).hasContent("a key");
  }

  /** RFC 8032 section 7.1: TEST 1, 2, 3 and 1024; the second and third have an odd x. */
  @ParameterizedTest
  @CsvSource({
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
        + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
        + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
        + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5,"
        + "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e"
  })
  void aPointIsThatOfTheRfc(String seedHex, String pointHex) throws Exception {
    SigningKey key = ofSeed(directory, seedHex, pointHex);
    assertThat(HexFormat.of().formatHex(key.trustKey().point())).isEqualTo(pointHex);
    assertThat(key.trustKey().id()).isEqualTo(pointHex.substring(0, 16));
  }

  @Test
  void theSignedMessageSaysThatItIsAboutAnIndex() throws Exception {
    SigningKey key = SigningKey.create(directory);
    byte[] signature = key.sign(DIGEST);
    assertThat(key.trustKey().verify(DIGEST, signature)).isTrue();
    signature[63] ^= 1;
    assertThat(key.trustKey().verify(DIGEST, signature)).isFalse();
    assertThat(key.trustKey().verify(DIGEST, new byte[64])).isFalse();
    assertThat(new String(SigningKey.MESSAGE_PREFIX, StandardCharsets.US_ASCII))
        .isEqualTo("kobako block index 1\n");
  }

  @Test
  void aStatementIsSignedAsItIs() throws Exception {
    SigningKey key = SigningKey.create(directory);
    byte[] statement = "kobako-update 1\n".getBytes(StandardCharsets.US_ASCII);
    byte[] signature = key.signStatement(statement);
    assertThat(key.trustKey().verifyStatement(statement, signature)).isTrue();
    statement[0] ^= 1;
    assertThat(key.trustKey().verifyStatement(statement, signature)).isFalse();
  }

  @Test
  void aStatementNeverPassesForAnIndex() throws Exception {
    SigningKey key = SigningKey.create(directory);
    byte[] index = Arrays.copyOf(SigningKey.MESSAGE_PREFIX, SigningKey.MESSAGE_PREFIX.length + 32);
    byte[] digest = new byte[32];
    assertThatThrownBy(() -> key.signStatement(index)).isInstanceOf(IllegalArgumentException.class);
    assertThat(key.trustKey().verify(digest, key.sign(digest))).isTrue();
    assertThat(key.trustKey().verifyStatement(index, key.sign(digest))).isFalse();
  }

  @Test
  void halvesOfTwoKeyPairsAreRefused() throws Exception {
    SigningKey.create(directory.resolve("a"));
    SigningKey.create(directory.resolve("b"));
    Files.copy(
        directory.resolve("a/kobako.pub"),
        directory.resolve("b/kobako.pub"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> SigningKey.read(directory.resolve("b/kobako.key")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("b/kobako.key")
        .hasMessageContaining("not one key pair");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ssh-ed25519 AAAAC3Nz",
        "-----BEGIN PUBLIC KEY-----\n",
        "-----END PUBLIC KEY-----\n-----BEGIN PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA=AAA\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n"
      })
  void whatHoldsNoKeyIsRefusedByName(String text) throws Exception {
    Path file = directory.resolve("some.pub");
    Files.writeString(file, text);
    assertThatThrownBy(() -> TrustKey.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("some.pub");
  }

  @Test
  void aFileThatIsTooLongForAKeyIsNotRead() throws Exception {
    Path file = directory.resolve("disk.img");
    Files.write(file, new byte[1 << 20]);
    assertThatThrownBy(() -> TrustKey.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("disk.img is too long for a key");
  }

  @Test
  void aPointThatIsNoneIsNoKey() {
    byte[] noPoint = new byte[32];
    noPoint[0] = 2; // no x has this y
    assertThat(TrustKey.ofPoint(noPoint).filter(key -> key.verify(DIGEST, new byte[64]))).isEmpty();
    assertThat(TrustKey.ofPoint(new byte[31])).isEmpty();
  }
}
