package org.kobako.appliance.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.appliance.firmware.RefusedUpdateException.Reason;
import org.kobako.appliance.status.ConfigStatus;
import org.kobako.block.format.SigningKey;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.testing.TestDisk;

/** A slot of two files stands for one of two partitions. */
class FirmwareTest {
  private static final int BOOT_ROOM = 100_000;
  private static final int ROOT_ROOM = 300_000;
  private static final byte[] BOOT = TestDisk.mixed(70_001, 512, 1);
  private static final byte[] ROOT = TestDisk.mixed(200_000, 512, 2);
  private static final byte[] OLD_BOOT = new byte[BOOT_ROOM];
  private static final byte[] OLD_ROOT = new byte[ROOT_ROOM];

  @TempDir Path directory;
  private SigningKey key;
  private Firmware firmware;

  @BeforeEach
  void makeAFolderAsTheSupervisorDoes() throws IOException {
    key = SigningKey.create(directory.resolve("keys"));
    write("slot", "a\n");
    write("target", "armhf\n");
    write("version", "100\n");
    write("admin-secret.sha256", "00".repeat(32) + "\n");
    Files.copy(directory.resolve("keys/kobako.pub"), directory.resolve("key.pub"));
    Files.write(directory.resolve("partition-boot"), OLD_BOOT);
    Files.write(directory.resolve("partition-root"), OLD_ROOT);
    Files.createSymbolicLink(directory.resolve("other-boot"), Path.of("partition-boot"));
    Files.createSymbolicLink(directory.resolve("other-root"), Path.of("partition-root"));
    firmware = Firmware.read(directory);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private UpdateFile update(String target, long version) throws IOException {
    return UpdateFile.of(directory, key, target, version, BOOT, ROOT);
  }

  private UpdateHeader send(byte[] file) throws RefusedUpdateException {
    return firmware.update(new ByteArrayInputStream(file), OptionalLong.of(file.length), false);
  }

  private RefusedUpdateException refused(byte[] file) {
    return catchThrowableOfType(RefusedUpdateException.class, () -> send(file));
  }

  private void assertNothingIsWritten() throws IOException {
    assertThat(directory.resolve("partition-boot")).hasBinaryContent(OLD_BOOT);
    assertThat(directory.resolve("partition-root")).hasBinaryContent(OLD_ROOT);
    assertThat(directory.resolve("next")).doesNotExist();
  }

  @Test
  void waitsUntilThereIsAnAddress() throws Exception {
    Files.createSymbolicLink(directory.resolve("address"), Path.of("address-of-the-box"));
    CountDownLatch goesOn = new CountDownLatch(1);
    Thread waiting =
        Thread.ofPlatform()
            .start(() -> {
              assertThatNoException().isThrownBy(firmware::awaitAddress);
              goesOn.countDown();
            });

    assertThat(goesOn.await(200, TimeUnit.MILLISECONDS)).isFalse();
    write("address-of-the-box", "10.75.0.1/24\n");

    assertThat(goesOn.await(10, TimeUnit.SECONDS)).isTrue();
    waiting.join();
  }

  @Test
  void waitsForNoAddressWhereTheSupervisorSpeaksOfNone() {
    assertThatNoException().isThrownBy(firmware::awaitAddress);
  }

  @Test
  void isAloneOnOneInterfaceAndOnlyJustAfterTheSupervisorSaidSo() throws IOException {
    assertThat(firmware.isAlone("eth0")).isFalse();
    write("alone", "eth1\n");
    assertThat(firmware.isAlone("eth0")).isFalse();
    write("alone", "eth0\n");
    assertThat(firmware.isAlone("eth0")).isTrue();
    assertThat(firmware.isAlone("eth0")).isFalse();
  }

  @Test
  void isARouterWhileTheSupervisorNamesAnUplink() throws IOException {
    assertThat(firmware.uplink()).isEmpty();
    assertThat(firmware.uplinkResolvers()).isEmpty();
    write("uplink", "eth1\n");
    assertThat(firmware.uplink()).contains("eth1");
    assertThat(firmware.uplinkResolvers()).isEmpty();
    write("uplink", "eth1 192.168.1.1 fe80::1 10.0.0.1 10.0.0.2 10.0.0.3\n");
    assertThat(firmware.uplink()).contains("eth1");
    assertThat(firmware.uplinkResolvers())
        .extracting(Ipv4Address::toString)
        .containsExactly("192.168.1.1", "10.0.0.1", "10.0.0.2");
  }

  @Test
  void anUpdateFillsTheOtherSlotAndIsToBeStartedNext() throws Exception {
    UpdateFile update = update("armhf", 101);

    assertThat(send(update.bytes())).isEqualTo(update.header());

    byte[] boot = OLD_BOOT.clone();
    System.arraycopy(BOOT, 0, boot, 0, BOOT.length);
    byte[] root = OLD_ROOT.clone();
    System.arraycopy(ROOT, 0, root, 0, ROOT.length);
    assertThat(directory.resolve("partition-boot")).hasBinaryContent(boot);
    assertThat(directory.resolve("partition-root")).hasBinaryContent(root);
    assertThat(directory.resolve("next")).hasContent("101\n");
    assertThat(firmware.status().next()).hasValue(101);
    assertThat(firmware.status().update()).contains("version 101 is written, and starts next");
  }

  @Test
  void anUpdateOfUnknownLengthIsTakenAsWell() throws Exception {
    byte[] file = update("armhf", 101).bytes();

    firmware.update(new ByteArrayInputStream(file), OptionalLong.empty(), false);

    assertThat(directory.resolve("next")).hasContent("101\n");
  }

  @Test
  void anotherTargetsUpdateIsRefused() throws Exception {
    RefusedUpdateException refused = refused(update("arm64", 101).bytes());

    assertThat(refused.reason()).isEqualTo(Reason.NOT_FOR_THIS_BOX);
    assertThat(refused).hasMessage("the update is for arm64, and this box is armhf");
    assertNothingIsWritten();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 99, 100})
  void anUpdateThatIsNotNewerIsRefused(long version) throws Exception {
    RefusedUpdateException refused = refused(update("armhf", version).bytes());

    assertThat(refused.reason()).isEqualTo(Reason.NOT_FOR_THIS_BOX);
    assertThat(refused).hasMessageContaining("is version " + version + ", and this box has 100");
    assertNothingIsWritten();
  }

  @Test
  void anOlderOneIsTakenFromWhoAsksForIt() throws Exception {
    byte[] file = update("armhf", 99).bytes();

    firmware.update(new ByteArrayInputStream(file), OptionalLong.of(file.length), true);

    assertThat(directory.resolve("next")).hasContent("99\n");
  }

  @Test
  void aStrangersUpdateIsRefusedBeforeAByteIsWritten() throws Exception {
    SigningKey stranger = SigningKey.create(directory.resolve("stranger"));
    byte[] file = UpdateFile.of(directory, stranger, "armhf", 101, BOOT, ROOT).bytes();

    assertThat(refused(file).reason()).isEqualTo(Reason.NOT_SIGNED);
    assertNothingIsWritten();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void aFileThatIsNotAsLongAsItsHeaderSaysIsRefusedBeforeAByteIsWritten(int more) throws Exception {
    byte[] file = update("armhf", 101).bytes();

    assertThat(refused(Arrays.copyOf(file, file.length + more)).reason())
        .isEqualTo(Reason.MALFORMED);
    assertNothingIsWritten();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100_000, 200_000, 200_001, 270_000})
  void anUpdateThatIsCutOffOnItsWayIsNotStarted(int missing) throws Exception {
    byte[] file = update("armhf", 101).bytes();
    InputStream torn = new ByteArrayInputStream(file, 0, file.length - missing);

    assertThatThrownBy(() -> firmware.update(torn, OptionalLong.of(file.length), false))
        .isInstanceOf(RefusedUpdateException.class)
        .hasMessageContaining("the update is cut off");
    assertThat(directory.resolve("next")).doesNotExist();
    assertThat(firmware.status().update().orElseThrow())
        .startsWith("refused: the update is cut off");
  }

  @Test
  void aByteThatIsNotWhatWasSignedIsNotStarted() throws Exception {
    byte[] file = update("armhf", 101).bytes();
    file[file.length - 1] ^= 1;

    RefusedUpdateException refused = refused(file);

    assertThat(refused.reason()).isEqualTo(Reason.NOT_SIGNED);
    assertThat(refused).hasMessage("the update is damaged: send it again");
    assertThat(directory.resolve("next")).doesNotExist();
  }

  @Test
  void anUpdateThatDoesNotFitIsRefusedBeforeAByteIsWritten() throws Exception {
    byte[] file =
        UpdateFile.of(directory, key, "armhf", 101, BOOT, new byte[ROOT_ROOM + 1]).bytes();

    RefusedUpdateException refused = refused(file);

    assertThat(refused.reason()).isEqualTo(Reason.TOO_LONG);
    assertThat(refused).hasMessageContaining("has 300001 bytes for a partition of 300000");
    assertNothingIsWritten();
  }

  @Test
  void whileTheSlotThatRunsIsOnTrialTheOtherOneIsLeftAlone() throws Exception {
    Files.delete(directory.resolve("other-boot"));

    RefusedUpdateException refused = refused(update("armhf", 101).bytes());

    assertThat(refused.reason()).isEqualTo(Reason.BUSY);
    assertThat(refused).hasMessageContaining("version 100 is still on trial");
    assertNothingIsWritten();
  }

  @Test
  void anUpdateThatIsToBeStartedIsNotWrittenOver() throws Exception {
    send(update("armhf", 101).bytes());
    byte[] written = Files.readAllBytes(directory.resolve("partition-root"));

    assertThat(refused(update("armhf", 102).bytes()).reason()).isEqualTo(Reason.BUSY);
    assertThat(directory.resolve("partition-root")).hasBinaryContent(written);
    assertThat(directory.resolve("next")).hasContent("101\n");
  }

  @Test
  void ofTwoAtATimeTheSecondIsRefusedAndTheFirstGoesOn() throws Exception {
    byte[] file = update("armhf", 101).bytes();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    InputStream slow =
        new ByteArrayInputStream(file) {
          @Override
          public int readNBytes(byte[] into, int offset, int length) {
            begun.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return super.readNBytes(into, offset, length);
          }
        };
    Thread first =
        Thread.ofPlatform()
            .start(() -> {
              try {
                firmware.update(slow, OptionalLong.empty(), false);
              } catch (RefusedUpdateException e) {
                throw new AssertionError(e);
              }
            });
    begun.await();

    assertThat(refused(file).reason()).isEqualTo(Reason.BUSY);

    goOn.countDown();
    first.join();
    assertThat(directory.resolve("next")).hasContent("101\n");
  }

  @Test
  void aCardThatCannotBeWrittenIsSaidSo() throws Exception {
    Files.delete(directory.resolve("partition-root"));
    Files.createDirectory(directory.resolve("partition-root"));

    RefusedUpdateException refused = refused(update("armhf", 101).bytes());

    assertThat(refused.reason()).isEqualTo(Reason.DISK);
    assertThat(refused)
        .hasMessageStartingWith("the other slot cannot be written")
        .hasMessageEndingWith("look after the card");
    assertThat(directory.resolve("next")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"slot", "version", "target", "key.pub", "admin-secret.sha256"})
  void aFolderWithoutOneOfItsFilesIsRefusedByName(String file) throws Exception {
    Files.delete(directory.resolve(file));

    assertThatThrownBy(() -> Firmware.read(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file);
  }

  @Test
  void theSupervisorIsToldWhereTheBoxAnswers() {
    firmware.tellUrl("http://127.0.0.1:80/");

    assertThat(directory.resolve("url")).hasContent("http://127.0.0.1:80/\n");
  }

  @Test
  void theSupervisorIsToldWhatTheBoxGoesBy() {
    firmware.tellConfig(ConfigStatus.Source.LAST_GOOD);

    assertThat(directory.resolve("config")).hasContent("last-good\n");
  }

  @Test
  void whatTheSupervisorFindsWrongIsInTheStatus() throws IOException {
    assertThat(firmware.status().troubles()).isEmpty();

    Files.createDirectory(directory.resolve("troubles"));
    write("troubles/data", "the data partition is full\n");

    assertThat(firmware.status().troubles()).containsExactly("the data partition is full");
  }
}
