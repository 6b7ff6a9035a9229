package org.kobako.qemu;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.kobako.testing.Peer;

/**
 * The electronics of a card, between its memory, which is a file, and a machine under QEMU, which
 * speaks NBD to it (the protocol's doc/proto.md: fixed newstyle, simple replies).
 *
 * <p>What is written lies in a buffer until it is flushed, or until the buffer is full. When power
 * fails, each sector that lies there is on the card or is not, by itself: so writes are lost and
 * overtake each other, as far as any card that keeps what it has confirmed a flush of. Sectors are
 * never torn, and what was flushed is never lost: cards that do so are beyond repair by a box.
 */
final class CardController implements AutoCloseable {
  private static final int SECTOR_BYTES = 512;

  /** Of cards that have one; on others it is the kernel that keeps writes back. */
  private static final int BUFFER_SECTORS = (8 << 20) / SECTOR_BYTES;

  private static final long MAGIC = 0x4e42444d41474943L; // NBDMAGIC
  private static final long OPTIONS_MAGIC = 0x49484156454F5054L; // IHAVEOPT
  private static final int FIXED_NEWSTYLE_NO_ZEROES = 3;
  private static final int OPTION_ABORT = 2;
  private static final int OPTION_GO = 7;
  private static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
  private static final int REPLY_ACK = 1;
  private static final int REPLY_INFO = 3;
  private static final int REPLY_UNSUPPORTED = 0x80000001;
  private static final int INFO_EXPORT = 0;
  private static final int FLAGS_FLUSH_FUA = 1 | 4 | 8;
  private static final int MAX_OPTION_BYTES = 1 << 12;

  private static final int REQUEST_MAGIC = 0x25609513;
  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int DISCONNECT = 2;
  private static final int FLUSH = 3;
  private static final int UNIT_ACCESS = 1;
  private static final int REPLY_MAGIC = 0x67446698;
  private static final int EIO = 5;
  private static final int EINVAL = 22;
  private static final int MAX_REQUEST_BYTES = 32 << 20;

  /** A place that can be written no more, or not even be read. */
  private record Broken(long begin, long end, boolean lost) {
    boolean fails(int type, long offset, int length) {
      return (lost || type == WRITE) && offset < end && begin < offset + length;
    }
  }

  private final Path file;
  private final FileChannel memory;
  private final Random random;
  private final Path socket;
  private final ServerSocketChannel server;
  private final Thread thread;

  /** Sectors by number, the one that was written longest ago first. */
  private final Map<Long, byte[]> buffer = new LinkedHashMap<>();

  private final List<Broken> broken = new CopyOnWriteArrayList<>();
  private boolean writeProtected;

  /**
   * Waits for one machine, in a thread of its own.
   *
   * @param random decides what a power failure leaves
   */
  CardController(Path file, Random random) throws IOException {
    this.file = file;
    this.random = random;
    memory = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    socket = Files.createTempDirectory("kobako-card").resolve("nbd");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    thread = Thread.ofPlatform().name("card").daemon().start(this::serve);
  }

  /** QEMU's words for the drive. */
  String drive() {
    return "file=nbd+unix:///?socket=%s,readonly=%s"
        .formatted(socket, writeProtected ? "on" : "off");
  }

  /** Moves the little switch on its side, before it goes into a machine. */
  void writeProtect() {
    writeProtected = true;
  }

  /** From now on nothing can be written there: so end cards that wore out. */
  void wearOut(long offset, long lengthBytes) {
    broken.add(new Broken(offset, offset + lengthBytes, false));
  }

  /** From now on nothing there can be read or written. */
  void lose(long offset, long lengthBytes) {
    broken.add(new Broken(offset, offset + lengthBytes, true));
  }

  /** The card as it would be if power failed now; the machine goes on. */
  Card asIfPowerFailed(Path copy) throws IOException {
    synchronized (buffer) {
      Peer.run("cp", "--sparse=always", file.toString(), copy.toString()).succeeded();
      try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
        keepSome(channel);
      }
    }
    return new Card(copy);
  }

  /** After the machine went off without a word: what it did not flush is there or is not. */
  @Override
  public void close() throws InterruptedException, IOException {
    server.close();
    thread.join();
    synchronized (buffer) {
      keepSome(memory);
      buffer.clear();
    }
    memory.close();
    Files.deleteIfExists(socket);
    Files.delete(socket.getParent());
  }

  private void keepSome(FileChannel to) throws IOException {
    for (Map.Entry<Long, byte[]> sector : buffer.entrySet()) {
      if (random.nextBoolean()) {
        write(to, sector.getKey() * SECTOR_BYTES, sector.getValue());
      }
    }
  }

  // ---- The machine's side ----------------------------------------------------------------------

  private void serve() {
    try (SocketChannel machine = server.accept();
        DataInputStream in =
            new DataInputStream(new BufferedInputStream(Channels.newInputStream(machine)));
        DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(machine)))) {
      if (greet(in, out)) {
        while (answer(in, out)) {
          out.flush();
        }
      }
    } catch (IOException off) {
      // The machine's power failed, or it was never switched on.
    }
  }

  /** Whether the machine wants to go on. */
  private boolean greet(DataInputStream in, DataOutputStream out) throws IOException {
    out.writeLong(MAGIC);
    out.writeLong(OPTIONS_MAGIC);
    out.writeShort(FIXED_NEWSTYLE_NO_ZEROES);
    out.flush();
    in.readInt(); // the machine's flags
    while (true) {
      in.readLong(); // its magic
      int option = in.readInt();
      int length = in.readInt();
      if (length < 0 || length > MAX_OPTION_BYTES) {
        return false;
      }
      in.skipNBytes(length);
      switch (option) {
        case OPTION_GO -> {
          reply(out, option, REPLY_INFO, 12);
          out.writeShort(INFO_EXPORT);
          out.writeLong(memory.size());
          out.writeShort(FLAGS_FLUSH_FUA);
          reply(out, option, REPLY_ACK, 0);
          out.flush();
          return true;
        }
        case OPTION_ABORT -> {
          return false;
        }
        default -> {
          reply(out, option, REPLY_UNSUPPORTED, 0);
          out.flush();
        }
      }
    }
  }

  private static void reply(DataOutputStream out, int option, int type, int length)
      throws IOException {
    out.writeLong(OPTION_REPLY_MAGIC);
    out.writeInt(option);
    out.writeInt(type);
    out.writeInt(length);
  }

  /** One request; false at the last. */
  private boolean answer(DataInputStream in, DataOutputStream out) throws IOException {
    if (in.readInt() != REQUEST_MAGIC) {
      throw new IOException("no request");
    }
    boolean unitAccess = (in.readShort() & UNIT_ACCESS) != 0;
    int type = in.readShort();
    long cookie = in.readLong();
    long offset = in.readLong();
    int length = in.readInt();
    if (length < 0 || length > MAX_REQUEST_BYTES) {
      throw new IOException("a request of " + length + " bytes");
    }
    byte[] bytes = new byte[type == READ || type == WRITE ? length : 0];
    if (type == WRITE) {
      in.readFully(bytes);
    }
    if (type == DISCONNECT) {
      return false;
    }
    int error = broken.stream().anyMatch(it -> it.fails(type, offset, length)) ? EIO : 0;
    if (error == 0) {
      error = act(type, offset, bytes, unitAccess);
    }
    out.writeInt(REPLY_MAGIC);
    out.writeInt(error);
    out.writeLong(cookie);
    if (type == READ && error == 0) {
      out.write(bytes);
    }
    return true;
  }

  private int act(int type, long offset, byte[] bytes, boolean unitAccess) throws IOException {
    if (offset % SECTOR_BYTES != 0 || bytes.length % SECTOR_BYTES != 0) {
      return EINVAL;
    }
    synchronized (buffer) {
      switch (type) {
        case READ -> read(offset, bytes);
        case WRITE -> {
          put(offset, bytes);
          if (unitAccess) {
            flush(offset, bytes.length);
          }
        }
        case FLUSH -> flush();
        default -> {
          return EINVAL;
        }
      }
    }
    return 0;
  }

  private void read(long offset, byte[] bytes) throws IOException {
    ByteBuffer into = ByteBuffer.wrap(bytes);
    while (into.hasRemaining()) {
      if (memory.read(into, offset + into.position()) < 0) {
        throw new EOFException("behind the card's end");
      }
    }
    for (int at = 0; at < bytes.length && !buffer.isEmpty(); at += SECTOR_BYTES) {
      byte[] sector = buffer.get((offset + at) / SECTOR_BYTES);
      if (sector != null) {
        System.arraycopy(sector, 0, bytes, at, SECTOR_BYTES);
      }
    }
  }

  private void put(long offset, byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += SECTOR_BYTES) {
      long number = (offset + at) / SECTOR_BYTES;
      byte[] sector = new byte[SECTOR_BYTES];
      System.arraycopy(bytes, at, sector, 0, SECTOR_BYTES);
      buffer.remove(number);
      buffer.put(number, sector);
    }
    while (buffer.size() > BUFFER_SECTORS) {
      flush(buffer.keySet().iterator().next() * SECTOR_BYTES, SECTOR_BYTES);
    }
  }

  private void flush(long offset, int length) throws IOException {
    for (int at = 0; at < length; at += SECTOR_BYTES) {
      byte[] sector = buffer.remove((offset + at) / SECTOR_BYTES);
      if (sector != null) {
        write(memory, offset + at, sector);
      }
    }
  }

  private void flush() throws IOException {
    for (Map.Entry<Long, byte[]> sector : buffer.entrySet()) {
      write(memory, sector.getKey() * SECTOR_BYTES, sector.getValue());
    }
    buffer.clear();
  }

  private static void write(FileChannel to, long offset, byte[] bytes) throws IOException {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    while (from.hasRemaining()) {
      to.write(from, offset + from.position());
    }
  }
}
