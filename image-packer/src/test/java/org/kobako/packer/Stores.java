package org.kobako.packer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.Codec;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;

/** What tests ask of stores. */
final class Stores {
  static final ImageName DEBIAN = new ImageName("debian");
  static final IndexTrust ANYONE = new IndexTrust.Anyone();

  private Stores() {}

  /** Fast, in blocks of 64 KiB. */
  static PackRequest request(Path source, Path store) {
    return PackRequest.of(source, store, DEBIAN)
        .withBlockSizeBytes(64 << 10)
        .withCodec(Codec.LZ4, 1)
        .withWorkers(2);
  }

  static PackReport pack(PackRequest request) throws IOException {
    return ImagePacker.pack(request, Progress.NONE);
  }

  static BlockIndex current(StoreDirectory store, ImageName image) throws IOException {
    return store.readIndex(image, store.currentVersion(image).orElseThrow(), ANYONE);
  }

  /** The current version of an image, unpacked to a file beside the store. */
  static Path unpackCurrent(Path root, ImageName image) throws IOException {
    StoreDirectory store = StoreDirectory.open(root);
    Path out = root.resolveSibling("unpacked-" + image);
    ImageUnpacker.unpack(store, current(store, image), out, Progress.NONE);
    return out;
  }

  static VerifyReport verify(Path root) throws IOException {
    return StoreVerifier.verify(StoreDirectory.open(root), ANYONE, Progress.NONE);
  }

  /** Every file below a directory that is not hidden, by relative name, as its bytes' digest. */
  static Map<String, String> content(Path root) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> {
            String name = root.relativize(file).toString();
            if (!name.startsWith(".")) {
              content.put(name, digest(file));
            }
          });
    }
    return content;
  }

  /** Every path below the store's staging directory. */
  static long staged(Path root) throws IOException {
    Path staging = root.resolve(".staging");
    if (!Files.exists(staging)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(staging)) {
      return files.count() - 1;
    }
  }

  private static String digest(Path file) {
    try {
      return java.util.HexFormat.of()
          .formatHex(
              java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
