package org.kobako.block.client.attach;

import static org.kobako.block.format.foreign.ForeignLibrary.CType.INT;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.POINTER;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.foreign.ForeignLibrary;
import org.kobako.block.format.foreign.SizeCell;

/**
 * For a process that serves the root disk: no stop of it (SIGSTOP) lasts longer than a second. Who
 * shuts a system down (systemd-shutdown, killall5) first stops all processes, those that it spares
 * as well, looks at each, and lets them go on. If one look needs a block of the root disk, it waits
 * for the process that waits for it, for ever.
 *
 * <p>The kernel has a timer that sends SIGCONT, which ends a stop ({@code timer_create(2)}, {@code
 * signal(7)}). A daemon thread, "kobako-stop-limit", puts it off for as long as this process runs,
 * and ends with it.
 */
final class StopLimit {
  private static final int LIMIT_SECONDS = 1;
  private static final Duration PERIOD = Duration.ofMillis(500);

  private static final int CLOCK_MONOTONIC = 1;
  private static final int SIGEV_SIGNAL = 0;

  /** As most have it; Alpha, MIPS and SPARC differ ({@code signal(7)}), and are no targets. */
  private static final int SIGCONT = 18;

  /** {@code long}, {@code time_t} of these functions, {@code timer_t} and a pointer. */
  private static final int WORD_BYTES = (int) ValueLayout.ADDRESS.byteSize();

  /** {@code struct sigevent}: a value of one word, the signal, how it is told. */
  private static final int EVENT_BYTES = 64;

  /** {@code struct itimerspec}: interval and first time, each in seconds and nanoseconds. */
  private static final int TIME_BYTES = 4 * WORD_BYTES;

  private final OffHeapBuffer memory = OffHeapBuffer.allocate(EVENT_BYTES + TIME_BYTES);
  private final SizeCell timer = new SizeCell();
  private final MethodHandle settime;

  private StopLimit(ForeignLibrary libc) throws IOException {
    ByteBuffer event = memory.view().order(ByteOrder.nativeOrder());
    event.putInt(WORD_BYTES, SIGCONT);
    event.putInt(WORD_BYTES + Integer.BYTES, SIGEV_SIGNAL);
    int seconds = EVENT_BYTES + 2 * WORD_BYTES;
    if (WORD_BYTES == Long.BYTES) {
      event.putLong(seconds, LIMIT_SECONDS);
    } else {
      event.putInt(seconds, LIMIT_SECONDS);
    }
    settime = libc.function("timer_settime", INT, POINTER, INT, POINTER, POINTER);
    MethodHandle create = libc.function("timer_create", INT, INT, POINTER, POINTER);
    int result;
    try {
      result = (int) create.invokeExact(CLOCK_MONOTONIC, memory.address(), timer.address());
    } catch (Throwable e) {
      throw ForeignLibrary.unexpected(e);
    }
    if (result != 0) {
      throw new IOException("the kernel gives no timer");
    }
  }

  /** Whether this process is named {@code @...}, as those that serve the root disk are. */
  static boolean isForThisProcess() {
    try (InputStream name = Files.newInputStream(Path.of("/proc/self/cmdline"))) {
      return name.read() == '@';
    } catch (IOException noProc) {
      return false;
    }
  }

  /**
   * Sets the limit for the rest of this process's life.
   *
   * @throws IOException if the VM or the kernel cannot, with the reason
   */
  static void set() throws IOException {
    ForeignLibrary libc =
        ForeignLibrary.libc()
            .filter(library -> library.has("timer_create"))
            .orElseThrow(() -> new IOException("this VM calls no timer_create"));
    StopLimit limit = new StopLimit(libc);
    limit.putOff();
    Thread.ofPlatform().name("kobako-stop-limit").daemon().start(limit::run);
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        putOff();
      }
    } catch (InterruptedException endOfProcess) {
      Thread.currentThread().interrupt();
    }
  }

  private void putOff() {
    try {
      long time = memory.address() + EVENT_BYTES;
      int unused = (int) settime.invokeExact(timer.get(), 0, time, 0L);
    } catch (Throwable e) {
      throw ForeignLibrary.unexpected(e);
    }
  }
}
