package org.kobako.packer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSource;
import org.kobako.block.format.FetchedBlock;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.MalformedIndexException;
import org.kobako.block.format.MissingBlockException;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.UnreachableSourceException;

/**
 * A store on a disk of this machine. Reading needs no lock: an index and a block never change once
 * they have their names. Any number of threads may use it.
 */
public final class StoreDirectory implements BlockSource {
  private static final String IMAGES = "images";
  private static final String BLOCKS = "blocks";

  private final Path root;

  private StoreDirectory(Path root) {
    this.root = root;
  }

  /**
   * Opens a store.
   *
   * @throws PackerException if there is none
   */
  public static StoreDirectory open(Path root) throws IOException {
    if (!Files.isDirectory(root.resolve(IMAGES))) {
      throw new PackerException(
          root
              + " is not a store: "
              + (Files.exists(root) ? "it has no directory images" : "it does not exist")
              + "; name a directory that kobako pack made");
    }
    return new StoreDirectory(root);
  }

  /**
   * Opens a store, or makes one in a directory that is empty or not there yet.
   *
   * @throws PackerException if the directory holds something else or cannot be written
   */
  public static StoreDirectory openOrCreate(Path root) throws IOException {
    try {
      if (!Files.isDirectory(root.resolve(IMAGES))) {
        Files.createDirectories(root);
        requireUnused(root);
        Files.createDirectories(root.resolve(BLOCKS));
        // Last, because this is what open looks for.
        Files.createDirectories(root.resolve(IMAGES));
      }
      return new StoreDirectory(root);
    } catch (PackerException e) {
      throw e;
    } catch (IOException e) {
      throw new PackerException(
          "no store can be made in " + root + ": " + PackerException.reason(e), e);
    }
  }

  private static void requireUnused(Path root) throws IOException {
    try (Stream<Path> entries = Files.list(root)) {
      Optional<Path> foreign =
          entries.filter(entry -> !isOfNewStore(entry.getFileName().toString())).findFirst();
      if (foreign.isPresent()) {
        throw new PackerException(
            root
                + " is not a store and not empty (there is "
                + foreign.get().getFileName()
                + "): name a store, or a directory that is empty or does not exist yet");
      }
    }
  }

  /** What a disk of its own or a killed first pack may have left. */
  private static boolean isOfNewStore(String entry) {
    return entry.equals(BLOCKS) || entry.equals("lost+found");
  }

  public Path root() {
    return root;
  }

  Path blocks() {
    return root.resolve(BLOCKS);
  }

  Path imageDirectory(ImageName image) {
    return root.resolve(IMAGES).resolve(image.value());
  }

  /** The images that have a version, sorted by name. */
  public List<ImageName> images() throws IOException {
    List<ImageName> images;
    try (Stream<Path> entries = Files.list(root.resolve(IMAGES))) {
      images =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(ImageName::isValid)
              .sorted()
              .map(ImageName::new)
              .toList();
    }
    List<ImageName> withVersion = new ArrayList<>();
    for (ImageName image : images) {
      if (!versions(image).isEmpty()) {
        withVersion.add(image);
      }
    }
    return withVersion;
  }

  /** The versions of an image that have an index, oldest first; empty for an unknown image. */
  public List<Long> versions(ImageName image) throws IOException {
    try (Stream<Path> entries = Files.list(imageDirectory(image))) {
      return entries
          .flatMap(
              entry -> StorePath.parse(IMAGES + "/" + image + "/" + entry.getFileName()).stream())
          .flatMap(
              path -> path instanceof StorePath.Index index ? Stream.of(index) : Stream.empty())
          .map(StorePath.Index::version)
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (NoSuchFileException | NotDirectoryException unknown) {
      return List.of();
    }
  }

  /**
   * The version that machines boot; empty for an unknown image.
   *
   * @throws MalformedIndexException if the file {@code current} does not hold one
   */
  public OptionalLong currentVersion(ImageName image) throws IOException {
    Path file = new StorePath.Current(image).in(root);
    String text;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(32);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // Until the end of the file, or more than any version has.
      }
      text = StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
    } catch (NoSuchFileException none) {
      return OptionalLong.empty();
    }
    long version =
        StorePath.parseCurrent(text)
            .orElseThrow(() ->
                new MalformedIndexException(
                    file + " holds no version: write one of the versions beside it there"));
    return OptionalLong.of(version);
  }

  /**
   * What machines boot now: the images that have a current version, sorted by name, with it.
   *
   * @param problems takes a sentence for each image of which that cannot be told; the others are
   *     there
   * @throws IOException if the store cannot be listed
   */
  public Map<ImageName, Long> currentVersions(Consumer<String> problems) throws IOException {
    Map<ImageName, Long> versions = new LinkedHashMap<>();
    for (ImageName image : images()) {
      try {
        currentVersion(image).ifPresent(version -> versions.put(image, version));
      } catch (IOException e) {
        problems.accept("image %s: %s".formatted(image, PackerException.reason(e)));
      }
    }
    return versions;
  }

  /**
   * Reads an index; the file is mapped, so that its length costs address space only.
   *
   * @throws MissingBlockException if the image has no such version
   * @throws MalformedIndexException if the file is damaged or belongs to another image or version
   * @throws org.kobako.block.format.UntrustedIndexException if {@code trust} refuses its signer
   */
  public BlockIndex readIndex(ImageName image, long version, IndexTrust trust) throws IOException {
    Path file = new StorePath.Index(image, version).in(root);
    BlockIndex index = readIndexFile(file, trust);
    if (!index.image().equals(image) || index.version() != version) {
      throw new MalformedIndexException(
          file + " is the index of image " + index.image() + " version " + index.version());
    }
    return index;
  }

  static BlockIndex readIndexFile(Path file, IndexTrust trust) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size();
      if (length > Integer.MAX_VALUE) {
        throw new MalformedIndexException(file + " has " + length + " bytes, more than any index");
      }
      return BlockIndex.read(channel.map(FileChannel.MapMode.READ_ONLY, 0, length), trust);
    } catch (NoSuchFileException e) {
      throw new MissingBlockException("there is no index " + file, e);
    }
  }

  @Override
  public void fetch(FetchedBlock block) throws BlockException {
    Path file = blockFile(block.expected().toHex());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size();
      if (length != block.storedLength()) {
        throw block.wrongLength(length, file.toString());
      }
      ByteBuffer staging = block.staging().view().limit(block.storedLength());
      while (staging.hasRemaining()) {
        if (channel.read(staging) < 0) {
          throw block.wrongLength(staging.position(), file.toString());
        }
      }
    } catch (NoSuchFileException e) {
      throw new MissingBlockException(
          "block " + block.blockNumber() + " is missing: there is no " + file, e);
    } catch (BlockException e) {
      throw e;
    } catch (IOException e) {
      throw new UnreachableSourceException(
          "block " + block.blockNumber() + " cannot be read: " + PackerException.reason(e), e);
    }
  }

  Path blockFile(String digestHex) {
    return new StorePath.Block(digestHex).in(root);
  }

  /** The block files whose digests begin with this byte; what is not named like one is left out. */
  void forEachBlockFile(int firstByte, BlockFileVisitor visitor) throws IOException {
    String prefix = "%02x".formatted(firstByte);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(blocks().resolve(prefix))) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (StorePath.parse(BLOCKS + "/" + prefix + "/" + name).isPresent()) {
          visitor.visit(file, name);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      // No block begins with this byte.
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** Takes one block file. */
  @FunctionalInterface
  interface BlockFileVisitor {
    void visit(Path file, String digestHex) throws IOException;
  }

  @Override
  public String describe() {
    return "directory " + root;
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return describe();
  }
}
