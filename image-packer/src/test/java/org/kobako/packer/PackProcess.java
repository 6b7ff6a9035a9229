package org.kobako.packer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.kobako.block.format.Codec;

/** A pack in a process of its own, which a test can kill. */
public final class PackProcess {
  private PackProcess() {}

  /** Source, store, codec, level. */
  public static void main(String[] arguments) throws IOException {
    PackReport report =
        Stores.pack(
            PackRequest.of(Path.of(arguments[0]), Path.of(arguments[1]), Stores.DEBIAN)
                .withCodec(
                    Codec.ofWord(arguments[2]).orElseThrow(), Integer.parseInt(arguments[3])));
    System.out.println(report);
  }

  static List<String> command(Path source, Path store, Codec codec, int level) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        PackProcess.class.getName(),
        source.toString(),
        store.toString(),
        codec.word(),
        Integer.toString(level));
  }
}
