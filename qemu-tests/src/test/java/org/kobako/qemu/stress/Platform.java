package org.kobako.qemu.stress;

import static org.kobako.qemu.stress.Stress.expect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The VM among files, sockets, processes, clocks and libraries. */
final class Platform {
  private Platform() {}

  static void filesAndMappingsAgree() throws IOException {
    Path file = Files.createTempFile("stress", null);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      byte[] bytes = new byte[50_000];
      new Random(6).nextBytes(bytes);
      channel.write(ByteBuffer.wrap(bytes), 1_000);
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 1_000, bytes.length);
      byte[] back = new byte[bytes.length];
      mapped.get(back);
      expect(Arrays.equals(back, bytes), "a mapping shows other bytes");
      expect(channel.size() == 51_000, "the length is " + channel.size());
      channel.position(3L << 30);
      channel.write(ByteBuffer.wrap(bytes, 0, 1));
      expect(channel.size() == (3L << 30) + 1, "no file is longer than 2 GB");
      FileTime in2100 = FileTime.from(Instant.parse("2100-01-01T00:00:00Z"));
      Files.setLastModifiedTime(file, in2100);
      expect(Files.getLastModifiedTime(file).equals(in2100), "no file is younger than 2038");
    } finally {
      Files.delete(file);
    }
  }

  static void socketsCarryEveryByte() throws Exception {
    byte[] bytes = new byte[1 << 20];
    new Random(7).nextBytes(bytes);
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Thread echo =
          new Thread(
              () -> {
                try (SocketChannel accepted = server.accept()) {
                  ByteBuffer buffer = ByteBuffer.allocateDirect(8_192);
                  while (accepted.read(buffer) >= 0) {
                    buffer.flip();
                    while (buffer.hasRemaining()) {
                      accepted.write(buffer);
                    }
                    buffer.clear();
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              "echo");
      echo.start();
      try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
        byte[] back = new byte[bytes.length];
        for (int at = 0; at < bytes.length; at += 4_096) {
          client.write(ByteBuffer.wrap(bytes, at, 4_096));
          ByteBuffer answer = ByteBuffer.wrap(back, at, 4_096);
          while (answer.hasRemaining()) {
            expect(client.read(answer) >= 0, "the echo ended");
          }
        }
        expect(Arrays.equals(back, bytes), "the echo says other bytes");
      }
      echo.join();
    }
  }

  static void processesAnswer() throws Exception {
    for (int i = 0; i < 3; i++) {
      Process process =
          new ProcessBuilder("sh", "-c", "read line; echo \"$line back\"; exit 7").start();
      try (var to = process.outputWriter()) {
        to.write("there and\n");
      }
      String answer = new String(process.getInputStream().readAllBytes()).strip();
      expect(answer.equals("there and back"), "a process says " + answer);
      expect(
          process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 7, "it ends otherwise");
    }
  }

  static void clocksGoOn() throws InterruptedException {
    expect(Instant.now().isAfter(Instant.parse("2020-01-01T00:00:00Z")), "it is " + Instant.now());
    long before = System.nanoTime();
    for (int i = 0; i < 10_000; i++) {
      long now = System.nanoTime();
      expect(now >= before, "time goes back");
      before = now;
    }
    long wall = System.currentTimeMillis();
    Thread.sleep(50);
    long slept = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
    expect(slept >= 49 && slept < 5_000, "50 ms are " + slept);
    expect(System.currentTimeMillis() - wall >= 45, "the wall's clock stands");
  }

  /** By the VM's own linker, or by libffi where it has none. */
  static void foreignFunctionsAnswer() throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle labs =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("llabs"),
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    MethodHandle strncmp =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("strncmp"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                linker.canonicalLayouts().get("size_t")));
    boolean is64Bit = ValueLayout.ADDRESS.byteSize() == 8;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocateFrom("kobako");
      MemorySegment other = arena.allocateFrom("kobold");
      for (int i = 1; i < 500; i++) {
        long answer = (long) labs.invokeExact(-(((long) i << 32) + i));
        expect(answer == ((long) i << 32) + i, "llabs gives " + answer);
        expect(compare(strncmp, is64Bit, one, other, 3) == 0, "three letters differ");
        expect(compare(strncmp, is64Bit, one, other, 4) < 0, "four letters do not differ");
      }
    }
  }

  private static int compare(
      MethodHandle strncmp, boolean is64Bit, MemorySegment one, MemorySegment other, int length)
      throws Throwable {
    return is64Bit
        ? (int) strncmp.invokeExact(one, other, (long) length)
        : (int) strncmp.invokeExact(one, other, length);
  }

  interface Shape {
    double area(double scale);
  }

  static void lambdasAndReflectionAgree() throws Exception {
    String joined =
        IntStream.range(0, 1_000)
            .filter(i -> i % 3 == 0)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(","));
    expect(joined.startsWith("0,3,6,") && joined.endsWith(",999"), "a stream gives " + joined);
    for (int i = 0; i < 2_000; i++) {
      double side = i;
      Shape square = scale -> side * side * scale;
      expect(square.area(2) == 2.0 * i * i, "a lambda");
    }
    Object sum =
        Platform.class
            .getDeclaredMethod("add", int.class, long.class, double.class, float.class)
            .invoke(null, 1, 1L << 40, 0.5, 0.25f);
    expect(sum.equals((1L << 40) + 1.75), "reflection gives " + sum);
    expect("a1b22c".replaceAll("[0-9]+", "-").equals("a-b-c"), "a regular expression");
  }

  @SuppressWarnings("unused") // by reflection
  private static double add(int a, long b, double c, float d) {
    return a + b + c + d;
  }
}
