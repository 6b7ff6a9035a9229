package org.kobako.block.client.mount.fuse;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kobako.block.client.Reply;

/**
 * The device as this process's standard input, mounted by whoever started it: the way of a VM that
 * makes no foreign calls.
 *
 * <pre>
 * exec 3&lt;&gt;/dev/fuse
 * mount -i -t fuse -o ro,fd=3,rootmode=40000,user_id=0,group_id=0,allow_other kobako DIR
 * exec java ... 0&lt;&amp;3 3&lt;&amp;-
 * </pre>
 *
 * Each thread has channels of its own, since a channel lets one reader in at a time.
 */
final class StandardInputDevice implements FuseDevice {
  private static final Path STANDARD_INPUT = Path.of("/proc/self/fd/0");
  private static final Path DEVICE = Path.of("/dev/fuse");

  /** Whether standard input is a /dev/fuse. */
  static boolean isThere() {
    try {
      return Files.readSymbolicLink(STANDARD_INPUT).equals(DEVICE);
    } catch (IOException | UnsupportedOperationException none) {
      return false;
    }
  }

  @Override
  public Port newPort() {
    return new ChannelPort();
  }

  /** Closed with the process: the descriptor belongs to all of it. */
  @Override
  public void close() {}

  private static final class ChannelPort implements Port {
    /**
     * A channel does not tell the error number. Requests that were interrupted on their way
     * (ENOENT) come now and then, the end (ENODEV) stays.
     */
    private static final int FAILURES_AT_THE_END = 16;

    @SuppressWarnings("resource") // would close standard input
    private final FileChannel in = new FileInputStream(FileDescriptor.in).getChannel();

    @SuppressWarnings("resource")
    private final FileChannel out = new FileOutputStream(FileDescriptor.in).getChannel();

    private final ByteBuffer[] buffers = new ByteBuffer[1 + Reply.MAX_PARTS];
    private int failures;

    @Override
    public int receive(FuseRequest request) {
      try {
        ByteBuffer room = request.memory().bytes().clear();
        int received = in.read(room);
        failures = 0;
        return Math.max(0, received);
      } catch (IOException interruptedOrEnd) {
        failures++;
        return failures < FAILURES_AT_THE_END ? 0 : UNMOUNTED;
      }
    }

    @Override
    public void send(FuseAnswer answer, Reply reply) {
      int parts = reply.parts();
      buffers[0] = answer.memory().bytes().clear().limit(answer.lengthHere());
      System.arraycopy(reply.buffers(), 1, buffers, 1, parts);
      try {
        long sent = out.write(buffers, 0, 1 + parts);
        assert sent == answer.lengthHere() + reply.length();
      } catch (IOException askerGone) {
        // ENOENT or ENODEV; an answer that the kernel refuses for its shape is covered by tests.
      }
    }
  }
}
