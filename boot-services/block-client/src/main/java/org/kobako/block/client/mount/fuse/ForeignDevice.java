package org.kobako.block.client.mount.fuse;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kobako.block.client.Reply;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.foreign.Errno;

/** The device by its descriptor and foreign calls: read(2), and writev(2) of parts as they lie. */
final class ForeignDevice implements FuseDevice {
  private final int descriptor;

  ForeignDevice(int descriptor) {
    this.descriptor = descriptor;
  }

  int descriptor() {
    return descriptor;
  }

  @Override
  public Port newPort() {
    return new ForeignPort(descriptor);
  }

  @Override
  public void close() throws IOException {
    Errno errno = new Errno();
    if (SystemCalls.close(errno, descriptor) != 0) {
      throw new IOException("/dev/fuse: close: " + SystemCalls.message(errno.value()));
    }
  }

  private static final class ForeignPort implements Port {
    private static final boolean WIDE = ValueLayout.ADDRESS.byteSize() == 8;

    /** {@code struct iovec}: an address and a length, each as wide as a pointer. */
    private static final int VECTOR_BYTES = WIDE ? 16 : 8;

    private static final int VECTOR_LENGTH_OFFSET = WIDE ? 8 : 4;

    private final int descriptor;
    private final Errno errno = new Errno();
    private final OffHeapBuffer vectors =
        OffHeapBuffer.allocate((1 + Reply.MAX_PARTS) * VECTOR_BYTES);
    private final ByteBuffer vectorBytes = vectors.view().order(ByteOrder.nativeOrder());

    ForeignPort(int descriptor) {
      this.descriptor = descriptor;
    }

    @Override
    public int receive(FuseRequest request) throws IOException {
      long received =
          SystemCalls.read(
              errno, descriptor, request.memory().address(), FuseRequest.CAPACITY_BYTES);
      if (received >= 0) {
        return (int) received;
      }
      int reason = errno.value();
      if (reason == ErrorCode.ENODEV) {
        return UNMOUNTED;
      }
      // ENOENT: the asker was interrupted while the request was on its way here.
      if (reason == ErrorCode.EINTR || reason == ErrorCode.ENOENT || reason == ErrorCode.EAGAIN) {
        return 0;
      }
      throw new IOException("/dev/fuse: read: " + SystemCalls.message(reason));
    }

    @Override
    public void send(FuseAnswer answer, Reply reply) throws IOException {
      putVector(0, answer.memory().address(), answer.lengthHere());
      int parts = reply.parts();
      for (int i = 0; i < parts; i++) {
        putVector(1 + i, reply.address(i), reply.length(i));
      }
      while (SystemCalls.writev(errno, descriptor, vectors.address(), 1 + parts) < 0) {
        int reason = errno.value();
        // ENOENT: the asker is gone. ENODEV: everybody is; the next receive tells.
        if (reason == ErrorCode.ENOENT || reason == ErrorCode.ENODEV) {
          return;
        }
        if (reason != ErrorCode.EINTR && reason != ErrorCode.EAGAIN) {
          throw new IOException("/dev/fuse: writev: " + SystemCalls.message(reason));
        }
      }
    }

    private void putVector(int number, long address, int length) {
      int start = number * VECTOR_BYTES;
      if (WIDE) {
        vectorBytes.putLong(start, address);
        vectorBytes.putLong(start + VECTOR_LENGTH_OFFSET, length);
      } else {
        vectorBytes.putInt(start, (int) address);
        vectorBytes.putInt(start + VECTOR_LENGTH_OFFSET, length);
      }
    }
  }
}
