package org.kobako.appliance.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Json;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.ProgressLine;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Units;
import org.kobako.block.client.cli.UsageException;
import org.kobako.block.client.cli.Value;
import org.kobako.block.client.cli.Values;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.SigningKey;
import org.kobako.packer.DirectoryFilesystem;
import org.kobako.packer.ImagePacker;
import org.kobako.packer.PackReport;
import org.kobako.packer.PackRequest;
import org.kobako.packer.Progress;

/** {@code kobako pack SOURCE STORE --name NAME}. */
public final class PackCommand implements Command {
  private static final int MAX_LEVEL = 22;

  private static final Operand<Path> SOURCE =
      new Operand<>(
          "SOURCE", Values.path(), "disk image, ISO or other file, block device, or directory");
  private static final Operand<StorePlace> STORE =
      new Operand<>(
          "STORE",
          StorePlace.value(),
          "the store's directory, made where it is missing; or a box, http://192.168.7.1/, which is"
              + " sent the blocks that it has not");
  private static final Option<ImageName> NAME =
      Option.required(
          "name", "NAME", StoreOptions.imageName(), "the image; packed again, a new version of it");
  private static final Option<Integer> BLOCK_SIZE =
      Option.withDefault(
          "block-size",
          "SIZE",
          blockSize(),
          Units.formatSize(BlockSize.DEFAULT_BYTES),
          "plain bytes of a block, a power of two (64K..1M)");
  private static final Option<Codec> CODEC =
      Option.withDefault(
          "codec",
          "CODEC",
          Values.oneOf(List.of(Codec.values()), Codec::word),
          Codec.ZSTD.word(),
          "zlib, lzo, lz4, zstd or none; a block that does not shrink is stored plain");
  private static final Option<Integer> LEVEL =
      Option.optional(
          "level",
          "N",
          Values.integer(1, MAX_LEVEL),
          "effort of the codec: lzo and zlib 1..9, lz4 1..12, zstd 1..22; its own default if left"
              + " out");
  private static final Option<Path> SIGN_KEY =
      Option.optional(
          "sign-key", "FILE", Values.path(), "kobako.key that signs the index; see kobako key");
  private static final Option<DirectoryFilesystem> FILESYSTEM =
      Option.withDefault(
          "fs",
          "FS",
          Values.oneOf(List.of(DirectoryFilesystem.values()), DirectoryFilesystem::word),
          DirectoryFilesystem.SQUASHFS.word(),
          "what a directory is made into: squashfs, erofs or ext4");
  private static final Option<Integer> WORKERS =
      Option.optional(
          "workers",
          "N",
          Values.integer(1, PackRequest.MAX_WORKERS),
          "threads that compress (1.."
              + PackRequest.MAX_WORKERS
              + "); one per core if left out; the result is the same");
  private static final Option<Integer> STRIPE =
      Option.withDefault(
          "stripe",
          "N",
          Values.integer(1, PackRequest.MAX_STRIPES),
          "1",
          "members of a RAID0 array, packed as images NAME.0ofN ... (1.."
              + PackRequest.MAX_STRIPES
              + ")");

  private static final Option<Path> SCRATCH =
      Option.optional(
          "scratch",
          "DIR",
          Values.path(),
          "where an image for a box is packed before it is sent, and removed; in the user's cache"
              + " if left out");

  @Override
  public Syntax syntax() {
    return Syntax.of(
            "pack", "turn a disk image, block device, ISO or directory into an image of a store")
        .operands(SOURCE, STORE)
        .options(
            NAME,
            BLOCK_SIZE,
            CODEC,
            LEVEL,
            SIGN_KEY,
            FILESYSTEM,
            WORKERS,
            STRIPE,
            SecretOptions.SECRET,
            SecretOptions.SECRET_FILE,
            SCRATCH,
            StoreOptions.JSON)
        .example("pack debian.img store --name debian", "packs a disk image")
        .example(
            "pack rootfs/ store --name tiny --fs erofs --sign-key keys/kobako.key",
            "makes a filesystem of a directory, packs it and signs the index")
        .example(
            "pack debian.img http://192.168.7.1/ --name debian --secret-file secret",
            "a new version on a box; cut off and given again, it sends only what is missing");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws IOException, UsageException, CommandFailedException {
    PackReport report;
    try (ProgressLine line = terminal.progress()) {
      report = pack(arguments, line::step);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--level: " + e.getMessage());
    } catch (UnsupportedOperationException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
    terminal.out().println(arguments.get(StoreOptions.JSON) ? json(report) : text(report));
  }

  private static PackReport pack(Arguments arguments, Progress progress)
      throws IOException, UsageException, CommandFailedException {
    return switch (arguments.get(STORE)) {
      case StorePlace.Directory directory ->
          ImagePacker.pack(request(arguments, directory.path()), progress);
      case StorePlace.OfBox box -> {
        if (arguments.get(STRIPE) > 1) {
          throw new UsageException(
              "--stripe is for a directory: the members of an array cannot be sent to a box");
        }
        Path scratch = arguments.find(SCRATCH).orElseGet(RemotePack::usualScratch);
        PackRequest request = request(arguments, scratch);
        yield new RemotePack(box.url(), SecretOptions.secret(arguments), scratch)
            .pack(request::withStore, progress);
      }
    };
  }

  private static PackRequest request(Arguments arguments, Path store) throws IOException {
    PackRequest request =
        PackRequest.of(arguments.get(SOURCE), store, arguments.get(NAME))
            .withBlockSizeBytes(arguments.get(BLOCK_SIZE))
            .withCodec(arguments.get(CODEC), arguments.find(LEVEL).orElse(0))
            .withDirectoryFilesystem(arguments.get(FILESYSTEM))
            .withStripes(arguments.get(STRIPE));
    Optional<Integer> workers = arguments.find(WORKERS);
    if (workers.isPresent()) {
      request = request.withWorkers(workers.get());
    }
    Optional<Path> key = arguments.find(SIGN_KEY);
    return key.isPresent() ? request.withSigningKey(SigningKey.read(key.get())) : request;
  }

  private static Value<Integer> blockSize() {
    Value<Long> size = Values.size(BlockSize.MIN_BYTES, BlockSize.MAX_BYTES);
    return text -> {
      long bytes = size.read(text);
      if (!BlockSize.isValid(bytes)) {
        throw new UsageException("is no power of two (64K..1M)");
      }
      return (int) bytes;
    };
  }

  private static String text(PackReport report) {
    double seconds = report.duration().toMillis() / 1000.0;
    double ratio = (double) report.plainBytes() / Math.max(1, report.storedBytes());
    return "%s version %d%s: %s in %d blocks, %d of zeros, %d shared, %d new (%s, ratio %.2f), %.1f s"
        .formatted(
            report.name(),
            report.version(),
            report.unchanged() ? " is unchanged" : "",
            Units.roundSize(report.plainBytes()),
            report.blocks(),
            report.zeroBlocks(),
            report.sharedBlocks(),
            report.storedBlocks(),
            Units.roundSize(report.newBytes()),
            ratio,
            seconds);
  }

  private static String json(PackReport report) {
    return new Json()
        .beginObject()
        .name("image")
        .value(report.name().value())
        .name("version")
        .value(report.version())
        .name("unchanged")
        .value(report.unchanged())
        .name("plain-bytes")
        .value(report.plainBytes())
        .name("blocks")
        .value(report.blocks())
        .name("zero-blocks")
        .value(report.zeroBlocks())
        .name("shared-blocks")
        .value(report.sharedBlocks())
        .name("new-blocks")
        .value(report.storedBlocks())
        .name("stored-bytes")
        .value(report.storedBytes())
        .name("new-bytes")
        .value(report.newBytes())
        .name("milliseconds")
        .value(report.duration().toMillis())
        .endObject()
        .toString();
  }
}
