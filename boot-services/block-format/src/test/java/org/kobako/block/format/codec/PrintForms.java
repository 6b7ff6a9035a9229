package org.kobako.block.format.codec;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kobako.block.format.Codec;
import org.kobako.block.format.digest.Digesters;
import org.kobako.testing.Peer;

/** A process of its own, because the choice of forms is made once per process. */
final class PrintForms {
  /** What it prints where no library is in use. */
  static final String ALL_IN_JAVA =
      """
      lz4 pure Java, lzo pure Java, zstd pure Java, zlib jdk, sha-256 jdk
      none: copy
      zlib: jdk level 9
      lzo: pure Java level 1
      lz4: pure Java level 1
      zstd: compression needs libzstd.so.1 (Debian package libzstd1), which is not installed or not in use
      """;

  private PrintForms() {}

  public static void main(String[] args) {
    System.out.println(Codecs.describe() + ", sha-256 " + Digesters.describe());
    for (Codec codec : Codec.values()) {
      try (Compressor compressor = Codecs.newCompressor(codec, 0)) {
        System.out.println(codec.word() + ": " + compressor.describe());
      } catch (UnsupportedOperationException none) {
        System.out.println(none.getMessage());
      }
    }
  }

  static Peer.Outcome inAProcess(String... options) {
    return Peer.run(command(options));
  }

  static List<String> command(String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(folderOf(Codecs.class) + File.pathSeparator + folderOf(PrintForms.class));
    command.add(PrintForms.class.getName());
    return command;
  }

  private static String folderOf(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation().getPath();
  }
}
