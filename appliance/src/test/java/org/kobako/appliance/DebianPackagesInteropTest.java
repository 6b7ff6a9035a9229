package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;

/**
 * {@code cross/debian-packages} with a mirror of three packages: {@code one} and {@code two} are of
 * one source, {@code other} of another. Its lists name version 2 of the first two; version 1, which
 * is pinned, lies in its pool.
 */
@Tag("interop")
class DebianPackagesInteropTest {
  private static final String SCRIPT =
      Path.of("../cross/debian-packages").toAbsolutePath().normalize().toString();
  private static final String SEEN = "20260101T000000Z";

  @TempDir Path work;
  private Path mirror;
  private Path cache;

  @BeforeEach
  void makeMirror() throws IOException {
    mirror = Files.createDirectory(work.resolve("mirror"));
    cache = work.resolve("cache");
    StringBuilder pins = new StringBuilder();
    StringBuilder today = new StringBuilder();
    for (String name : List.of("one", "two", "other")) {
      pins.append(pin(name, make(name, 1)));
      today.append(entry(name, name.equals("other") ? "1" : "2", make(name, 2)));
    }
    Files.writeString(work.resolve("pins"), pins);
    // Of the other, the one that is pinned is today's, too.
    String lists = today.toString().replace("other_2_", "other_1_");
    lists = lists.replace(digest(pool("other", 2)), digest(pool("other", 1)));
    sign(lists);
  }

  private Path pool(String name, int version) {
    String source = name.equals("other") ? "o/other" : "t/twins";
    return mirror.resolve("pool/main/%s/%s_%d_amd64.deb".formatted(source, name, version));
  }

  private Path make(String name, int version) throws IOException {
    Path tree = work.resolve(name + version);
    Files.createDirectories(tree.resolve("DEBIAN"));
    Files.writeString(
        tree.resolve("DEBIAN/control"),
        "Package: %s\nVersion: %d\nArchitecture: amd64\nMaintainer: nobody <nobody@example.org>\n"
                .formatted(name, version)
            + "Description: a package\n");
    Path deb = pool(name, version);
    Files.createDirectories(deb.getParent());
    Peer.run("dpkg-deb", "--build", tree.toString(), deb.toString()).succeeded();
    return deb;
  }

  private String pin(String name, Path deb) throws IOException {
    return "amd64 %s 1 %s %d %s %s\n"
        .formatted(name, digest(deb), Files.size(deb), SEEN, mirror.relativize(deb));
  }

  private String entry(String name, String version, Path deb) throws IOException {
    return "Package: %s\nVersion: %s\nArchitecture: amd64\nSize: %d\nSHA256: %s\nFilename: %s\n\n"
        .formatted(name, version, Files.size(deb), digest(deb), mirror.relativize(deb));
  }

  /** As apt wants them, by a key that is made for it. */
  private void sign(String packages) throws IOException {
    Path suite = Files.createDirectories(mirror.resolve("dists/trixie"));
    Path list = suite.resolve("main/binary-amd64/Packages");
    Files.createDirectories(list.getParent());
    Files.writeString(list, packages);
    Files.writeString(
        work.resolve("Release"),
        "Suite: trixie\nCodename: trixie\nArchitectures: amd64\nComponents: main\n"
            + "Date: Thu, 01 Jan 2026 00:00:00 UTC\nSHA256:\n %s %d main/binary-amd64/Packages\n"
                .formatted(digest(list), Files.size(list)));
    Peer.run(
            "bash",
            "-ec",
            """
            export GNUPGHOME=$(mktemp -d)
            trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
            cd '%s'
            gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-gen-key nobody rsa2048
            gpg --export >key.gpg
            gpg --batch --clearsign --output mirror/dists/trixie/InRelease Release
            """
                .formatted(work))
        .succeeded();
  }

  private static String digest(Path file) throws IOException {
    try {
      byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(sha256);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private Peer.Outcome packages(List<String> settings, String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "XDG_CACHE_HOME=" + cache,
                "KOBAKO_MIRROR=file:" + mirror,
                "KOBAKO_KEYRING=" + work.resolve("key.gpg"),
                "KOBAKO_LOCK=" + work.resolve("pins")));
    command.addAll(settings);
    command.add(SCRIPT);
    command.addAll(List.of(words));
    return Peer.run(command);
  }

  private String kept(String name, int version) throws IOException {
    Path deb = pool(name, version);
    return cache.resolve("kobako/debian/%s_amd64_%s.deb\n".formatted(name, digest(deb))).toString();
  }

  @Test
  void aPinnedFileComesByItsPathWhateverTheListsSay() throws IOException {
    assertThat(packages(List.of(), "fetch", "amd64", "one", "two").succeeded())
        .isEqualTo(kept("one", 1) + kept("two", 1));
  }

  @Test
  void whereOneOfASourceIsGoneAllOfItComeAsTheyAreTodayAndOthersStay() throws IOException {
    Files.delete(pool("two", 1));

    String said = packages(List.of(), "fetch", "amd64", "one", "other", "two").succeeded();

    assertThat(said)
        .contains("note: one 1 of amd64 has left the mirror", "note: two 1 of amd64", "taking 2")
        .doesNotContain("note: other")
        .endsWith(kept("one", 2) + kept("other", 1) + kept("two", 2));
    assertThat(packages(List.of(), "taken", "amd64", "one").succeeded())
        .endsWith("2 " + digest(pool("one", 2)) + " 1\n");
  }

  @Test
  void whatIsGoneComesFromAnArchiveOfThePast() throws IOException {
    Path past = work.resolve("past/" + SEEN).resolve(mirror.relativize(pool("two", 1)));
    Files.createDirectories(past.getParent());
    String wanted = kept("two", 1);
    Files.move(pool("two", 1), past);

    String said =
        packages(List.of("KOBAKO_SNAPSHOT=file:" + work.resolve("past")), "fetch", "amd64", "two")
            .succeeded();

    assertThat(said).isEqualTo(wanted);
  }

  @Test
  void lockedRefusesWhatIsNotPinned() throws IOException {
    Files.delete(pool("two", 1));

    Peer.Outcome outcome = packages(List.of("KOBAKO_LOCKED=1"), "fetch", "amd64", "two");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output()).startsWith("two 1 of amd64 is pinned").hasLineCount(1);
  }

  @Test
  void aMirrorThatIsNotThereChangesNothing() throws IOException {
    Peer.Outcome outcome =
        packages(List.of("KOBAKO_MIRROR=http://127.0.0.1:9/debian"), "fetch", "amd64", "two");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output()).startsWith("cannot fetch two 1: Could not connect");
    assertThat(packages(List.of(), "fetch", "amd64", "two").succeeded()).isEqualTo(kept("two", 1));
  }

  @Test
  void aFileThatIsAnotherThanThePinnedOneIsRefused() throws IOException {
    Files.writeString(pool("two", 1), "hello");

    Peer.Outcome outcome = packages(List.of(), "fetch", "amd64", "two");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output()).startsWith("two 1 is not what is pinned").hasLineCount(1);
    assertThat(cache.resolve("kobako/debian")).isDirectoryNotContaining("glob:**.deb");
  }
}
