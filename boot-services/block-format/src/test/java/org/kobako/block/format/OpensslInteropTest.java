package org.kobako.block.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kobako.block.format.IndexLayout.*;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;

/** Keys and signatures are openssl's own: nobody needs Kobako to hold or to check them. */
@Tag("interop")
class OpensslInteropTest {
  @TempDir Path directory;

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  /** The message of FORMAT.md, and the signature over it, taken from an index by offset alone. */
  private void takeApart(byte[] index) throws IOException {
    int trailer = index.length - TRAILER_BYTES;
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes("kobako block index 1\n".getBytes(StandardCharsets.US_ASCII));
    message.writeBytes(Arrays.copyOfRange(index, trailer, trailer + BlockDigest.BYTES));
    Files.write(directory.resolve("message"), message.toByteArray());
    int signature = trailer + TRAILER_SIGNATURE_OFFSET;
    Files.write(
        directory.resolve("signature"),
        Arrays.copyOfRange(index, signature, signature + SIGNATURE_BYTES));
  }

  private Peer.Outcome opensslVerifies() {
    return Peer.run(
        "openssl",
        "pkeyutl",
        "-verify",
        "-rawin",
        "-pubin",
        "-inkey",
        file("kobako.pub"),
        "-in",
        file("message"),
        "-sigfile",
        file("signature"));
  }

  @Test
  void opensslReadsBothHalvesOfAKeyAndAgreesThatTheyBelongTogether() throws Exception {
    SigningKey.create(directory);
    assertThat(Peer.run("openssl", "pkey", "-in", file("kobako.key"), "-pubout").succeeded())
        .isEqualTo(Files.readString(directory.resolve("kobako.pub")));
    assertThat(
            Peer.run("openssl", "pkey", "-pubin", "-in", file("kobako.pub"), "-noout", "-text")
                .succeeded())
        .contains("ED25519 Public-Key");
  }

  @Test
  void opensslVerifiesTheSignatureOfAnIndex() throws Exception {
    takeApart(new CraftedIndex().signedBy(SigningKey.create(directory)));
    assertThat(opensslVerifies().succeeded()).contains("Signature Verified Successfully");
  }

  @Test
  void theCommandsOfTheFormatDocumentVerifyAnIndex() throws Exception {
    byte[] index = new CraftedIndex().signedBy(SigningKey.create(directory));
    Files.write(directory.resolve("1.index"), index);
    String document = Files.readString(Path.of("FORMAT.md"));
    int start = document.indexOf("```sh\n") + "```sh\n".length();
    String commands = document.substring(start, document.indexOf("```", start));
    assertThat(Peer.run("bash", "-ec", "cd " + directory + "\n" + commands).succeeded())
        .startsWith(
            HexFormat.of().formatHex(BlockIndex.sha256(ByteBuffer.wrap(index), index.length - 136)))
        .contains("Signature Verified Successfully");
  }

  @Test
  void opensslRefusesTheSignatureOfAnotherIndex() throws Exception {
    SigningKey key = SigningKey.create(directory);
    byte[] index = new CraftedIndex().signedBy(key);
    index[index.length - TRAILER_BYTES] ^= 1;
    takeApart(index);
    assertThat(opensslVerifies().exitCode()).isNotZero();
  }

  @Test
  void aKeyThatOpensslMadeSignsAnIndex() throws Exception {
    Peer.run("openssl", "genpkey", "-algorithm", "ed25519", "-out", file("kobako.key")).succeeded();
    Peer.run("openssl", "pkey", "-in", file("kobako.key"), "-pubout", "-out", file("kobako.pub"))
        .succeeded();
    SigningKey key = SigningKey.read(directory.resolve("kobako.key"));
    TrustKey trust = TrustKey.read(directory.resolve("kobako.pub"));
    byte[] index = new CraftedIndex().signedBy(key);
    assertThat(BlockIndex.read(ByteBuffer.wrap(index), new IndexTrust.SignedBy(trust)).version())
        .isEqualTo(7);
    takeApart(index);
    opensslVerifies().succeeded();
  }

  @Test
  void aKeyOfAnotherKindIsRefusedByName() throws Exception {
    Peer.run("openssl", "genpkey", "-algorithm", "x25519", "-out", file("kobako.key")).succeeded();
    Peer.run("openssl", "pkey", "-in", file("kobako.key"), "-pubout", "-out", file("kobako.pub"))
        .succeeded();
    assertThatThrownBy(() -> TrustKey.read(directory.resolve("kobako.pub")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("kobako.pub holds no Ed25519 public key");
  }
}
