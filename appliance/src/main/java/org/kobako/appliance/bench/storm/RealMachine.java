package org.kobako.appliance.bench.storm;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.kobako.appliance.Kobako;
import org.kobako.appliance.bench.lab.Network;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.block.format.BlockSize;

/**
 * A machine with the real block client: it has the storm's image attached by FUSE, and reads the
 * blocks of a trace when a stand-in would ask for them. Nothing is read ahead, which a stand-in
 * does not do either: what a real machine's client had read ahead is in the trace.
 *
 * <p>Its threads are "real-machine-N", one for each read under way.
 */
final class RealMachine implements AutoCloseable {
  private static final int PAGE_BYTES = 4096;

  private final ChildKobako attach;
  private final FileChannel disk;

  /**
   * Attaches the image.
   *
   * @param work an empty directory for its mount and its log
   * @param from the box's URL
   */
  RealMachine(Network.Host host, Path work, String from) throws IOException {
    String image = StormStore.IMAGE.value();
    Path mount = work.resolve("mount");
    attach =
        ChildKobako.start(
            host.prefix(),
            Kobako.class,
            work.resolve("attach.log"),
            "attach",
            image,
            "--from",
            from,
            "--mount",
            mount.toString(),
            "--read-ahead",
            "0");
    try {
      disk =
          FileChannel.open(
              mount.resolve(image), StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
    } catch (IOException e) {
      attach.close();
      throw e;
    }
  }

  /**
   * Reads what the trace says.
   *
   * @param trace of blocks alone
   * @return how long it took, in seconds
   */
  double boot(BootTrace trace, double machineSpeed) throws IOException, InterruptedException {
    List<CompletableFuture<Void>> answers = new ArrayList<>();
    CompletableFuture<Void> powerOn = new CompletableFuture<>();
    try (ExecutorService threads =
        Executors.newCachedThreadPool(Thread.ofPlatform().name("real-machine-", 1).factory())) {
      for (BootTrace.Request request : trace.requests()) {
        CompletableFuture<Void> before =
            request.after() == BootTrace.NONE ? powerOn : answers.get(request.after());
        long thinkUs = (long) (request.thinkUs() / machineSpeed);
        answers.add(
            before.thenRunAsync(
                () -> read(request),
                CompletableFuture.delayedExecutor(thinkUs, TimeUnit.MICROSECONDS, threads)));
      }
      long startNs = System.nanoTime();
      powerOn.complete(null);
      CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0])).get();
      return (System.nanoTime() - startNs) / 1e9;
    } catch (ExecutionException e) {
      throw new IOException("the real machine cannot read its disk: " + e.getCause(), e);
    }
  }

  private void read(BootTrace.Request request) {
    if (!(request.asked() instanceof BootTrace.Block(int number))) {
      throw new IllegalArgumentException("not of blocks alone");
    }
    ByteBuffer block =
        ByteBuffer.allocateDirect(BlockSize.DEFAULT_BYTES + PAGE_BYTES).alignedSlice(PAGE_BYTES);
    block.limit(BlockSize.DEFAULT_BYTES);
    try {
      if (disk.read(block, (long) number * BlockSize.DEFAULT_BYTES) < BlockSize.DEFAULT_BYTES) {
        throw new EOFException("block " + number + " is cut off");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    disk.close();
    attach.close();
  }
}
