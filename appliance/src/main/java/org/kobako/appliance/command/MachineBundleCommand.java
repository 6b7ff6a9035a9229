package org.kobako.appliance.command;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.kobako.block.client.attach.AttachCommand;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Units;
import org.kobako.block.client.cli.Values;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.TrustKey;

/**
 * {@code kobako machine-bundle}: the kernel and the initramfs that a machine boots, by the script
 * {@code cross/machine-bundle} of the checkout that the launcher runs from.
 */
public final class MachineBundleCommand implements Command {
  private static final List<String> ARCHITECTURES = List.of("amd64", "arm64", "armhf");

  private static final Option<String> ARCH =
      Option.required(
          "arch",
          "ARCH",
          Values.oneOf(ARCHITECTURES, Function.identity()),
          "amd64, arm64 or armhf");
  private static final Option<Path> OUT =
      Option.required(
          "out", "DIR", Values.path(), "makes DIR/ARCH/vmlinuz, DIR/ARCH/initrd and DIR/ipxe");
  private static final Option<Path> TRUST =
      Option.optional(
          "trust", "KEY.pub", Values.path(), "machines take only images that this key has signed");

  @Override
  public Syntax syntax() {
    return Syntax.of("machine-bundle", "make the kernel and initramfs that a machine boots")
        .options(ARCH, OUT, TRUST)
        .example(
            "machine-bundle --arch amd64 --out store/boot --trust keys/kobako.pub",
            "fetches Debian's kernel, Java and iPXE once; the same inputs make the same bytes");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws CommandFailedException, IOException, InterruptedException {
    String arch = arguments.get(ARCH);
    Path out = arguments.get(OUT).toAbsolutePath();
    CrossScript script = CrossScript.of("machine-bundle", "a bundle");
    List<String> words = new ArrayList<>(List.of(arch, out.toString()));
    Optional<Path> trust = arguments.find(TRUST);
    if (trust.isPresent()) {
      TrustKey.read(trust.get());
      words.addAll(List.of("--trust", trust.get().toAbsolutePath().toString()));
    }
    words.add(classesOf(AttachCommand.class));
    words.add(classesOf(BlockIndex.class));
    script.run(words, "the bundle", terminal);
    for (String file : List.of("vmlinuz", "initrd")) {
      Path made = out.resolve(arch).resolve(file);
      terminal.out().println(made + "  " + Units.roundSize(Files.size(made)));
    }
  }

  /** The jar, or in a build the directory, that has a class and its module's others. */
  private static String classesOf(Class<?> one) throws IOException {
    try {
      return Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IOException("cannot tell where " + one + " lies", e);
    }
  }
}
