package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.appliance.firmware.UpdateHeader;
import org.kobako.appliance.firmware.UpdateHeader.Payload;
import org.kobako.block.format.SigningKey;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

/**
 * An update from the command line, and by curl, to a box in a process of its own, which is nobody
 * by then; the other slot's partitions are block devices. As root.
 */
@Tag("interop")
@Timeout(120)
class UpdateInteropTest {
  private static final int PARTITION_BYTES = 8 << 20;
  private static final String SECRET = "pgcdy-78vjz-49m2s-yugvw";
  private static final byte[] BOOT = TestDisk.mixed(3_000_001, 512, 1);
  private static final byte[] ROOT = TestDisk.mixed(7_000_001, 512, 2);

  private Path work;
  private String bootDevice;
  private String rootDevice;
  private SigningKey key;
  private ChildKobako box;

  @BeforeEach
  void flashABox() throws Exception {
    work = Files.createTempDirectory(Path.of("/var/tmp"), "kobako-test");
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    TestStore store = new TestStore(work.resolve("store"));
    store.add("debian", 1, TestDisk.mixed(1 << 16, 1 << 16, 1));
    bootDevice = loopDevice("boot.partition");
    rootDevice = loopDevice("root.partition");
    key = SigningKey.create(work.resolve("keys"));
    Path firmware = Files.createDirectory(work.resolve("firmware"));
    Files.copy(work.resolve("keys/kobako.pub"), firmware.resolve("key.pub"));
    Files.writeString(firmware.resolve("slot"), "a\n");
    Files.writeString(firmware.resolve("target"), "amd64\n");
    Files.writeString(firmware.resolve("version"), "100\n");
    byte[] sha256 =
        MessageDigest.getInstance("SHA-256").digest(SECRET.getBytes(StandardCharsets.US_ASCII));
    Files.writeString(
        firmware.resolve("admin-secret.sha256"), HexFormat.of().formatHex(sha256) + "\n");
    Files.createSymbolicLink(firmware.resolve("other-boot"), Path.of(bootDevice));
    Files.createSymbolicLink(firmware.resolve("other-root"), Path.of(rootDevice));
    box =
        ChildKobako.start(
            work.resolve("serve.log"),
            "serve",
            "--store",
            store.root().toString(),
            "--listen",
            "127.0.0.1",
            "--http-port",
            "0",
            "--firmware",
            firmware.toString());
  }

  private String loopDevice(String name) throws IOException {
    Path file = Files.write(work.resolve(name), new byte[PARTITION_BYTES]);
    return Peer.run("losetup", "--find", "--show", file.toString()).succeeded().strip();
  }

  @AfterEach
  void takeDown() {
    box.close();
    Peer.run("losetup", "--detach", bootDevice);
    Peer.run("losetup", "--detach", rootDevice);
    Peer.run("rm", "-r", work.toString()).succeeded();
  }

  private Path update(long version) throws IOException {
    UpdateHeader header =
        new UpdateHeader(
            "amd64",
            version,
            Payload.of(Files.write(work.resolve("boot"), BOOT)),
            Payload.of(Files.write(work.resolve("root"), ROOT)));
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(header.signedBy(key));
    file.writeBytes(BOOT);
    file.writeBytes(ROOT);
    return Files.write(work.resolve("kobako.img.update"), file.toByteArray());
  }

  private KobakoRun send(Path update, String secret) {
    return KobakoRun.of("update", update, "--box", Children.urlOf(box), "--secret", secret);
  }

  private static byte[] start(String device, int length) throws IOException {
    Peer.run("blockdev", "--flushbufs", device).succeeded();
    return Arrays.copyOf(Files.readAllBytes(Path.of(device)), length);
  }

  @Test
  void theOtherSlotHoldsWhatWasSentAndTheSupervisorIsTold() throws IOException {
    assertThat(send(update(101), SECRET).succeeded())
        .isEqualTo("version 101 is written; the box starts it now\n");

    assertThat(start(bootDevice, BOOT.length)).isEqualTo(BOOT);
    assertThat(start(rootDevice, ROOT.length)).isEqualTo(ROOT);
    assertThat(work.resolve("firmware/next")).hasContent("101\n");
    assertThat(Files.getOwner(work.resolve("firmware/next"))).hasToString("nobody");
    assertThat(Peer.run("curl", "--silent", Children.urlOf(box) + "status").succeeded())
        .contains(
            "\"firmware\": {\"target\": \"amd64\", \"slot\": \"a\", \"version\": 100, \"update\":"
                + " \"version 101 is written, and starts next\", \"next-version\": 101,"
                + " \"troubles\": []}");
  }

  @Test
  void withAWrongSecretNothingIsSent() throws IOException {
    KobakoRun update = send(update(101), "wrong");

    assertThat(update.exitCode()).isEqualTo(1);
    assertThat(update.err())
        .startsWith("kobako update: " + Children.urlOf(box).replaceAll("/$", "") + " refuses it: ")
        .contains("the admin secret is missing or wrong");
    assertThat(Files.readString(work.resolve("serve.log"))).doesNotContain("sends one");
  }

  @Test
  void theBoxsReasonComesBackThoughTheFileIsLong() throws IOException {
    KobakoRun update = send(update(99), SECRET);

    assertThat(update.exitCode()).isEqualTo(1);
    assertThat(update.err())
        .endsWith(
            "refuses it: the update is version 99, and this box has 100: ask with --older to go"
                + " back\n");
    assertThat(work.resolve("firmware/next")).doesNotExist();
  }

  @Test
  void curlSendsAnUpdateAsWell() throws IOException {
    assertThat(
            Peer.run(
                    "curl",
                    "--silent",
                    "--show-error",
                    "--header",
                    "Authorization: Bearer " + SECRET,
                    "--upload-file",
                    update(99).toString(),
                    Children.urlOf(box) + "update?older=yes")
                .succeeded())
        .isEqualTo("version 99 is written; the box starts it now\n");
  }

  @Test
  void anUpdateIsOnlyPut() {
    assertThat(
            Peer.run(
                    "curl",
                    "--silent",
                    "--write-out",
                    "%{http_code}",
                    Children.urlOf(box) + "update")
                .succeeded())
        .isEqualTo("an update is sent with PUT\n405");
  }

  @Test
  void aFileThatIsNoUpdateIsRefusedWhole() throws IOException {
    Path image = Files.write(work.resolve("kobako.img"), new byte[PARTITION_BYTES]);

    KobakoRun update = send(image, SECRET);

    assertThat(update.err()).contains("refuses it: this is no update: a header");
    assertThat(start(rootDevice, PARTITION_BYTES)).containsOnly(0);
  }

  @Test
  void aBoxThatIsNotThereIsNamed() throws IOException {
    int port = Peer.freePort();

    KobakoRun update =
        KobakoRun.of(
            "update", update(101), "--box", "http://127.0.0.1:" + port, "--secret", SECRET);

    assertThat(update.exitCode()).isEqualTo(1);
    assertThat(update.err())
        .isEqualTo(
            "kobako update: no update reached http://127.0.0.1:%d: Connection refused; see whether it runs, and send it again\n"
                .formatted(port));
  }

  @Test
  void withoutASecretThereIsNothingToSend() throws IOException {
    KobakoRun update = KobakoRun.of("update", update(101), "--box", Children.urlOf(box));

    assertThat(update.exitCode()).isEqualTo(2);
    assertThat(update.err())
        .contains(
            "the admin secret is missing: give it by --secret-file or --secret, or in KOBAKO_SECRET");
  }
}
