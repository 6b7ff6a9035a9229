package org.kobako.block.client.fetch;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockDigest;

/**
 * One keep-alive connection that speaks HTTP/1.1 (RFC 9112): a GET at a time, the body straight
 * into the caller's buffer, nothing allocated per exchange.
 *
 * <p>Owned by one thread at a time; an {@link Exchange} may close it from outside, which ends what
 * it does with an exception.
 */
final class HttpConnection {
  /** A response's head may have so many bytes; a longer one is refused. */
  private static final int MAX_HEAD_BYTES = 16 << 10;

  /**
   * The first read of a response asks for no more than this, so that nearly all of the body is read
   * to where it belongs instead of behind the head.
   */
  private static final int HEAD_READ_BYTES = 512;

  private static final int MAX_REQUEST_BYTES = 4 << 10;
  private static final int MAX_INTERIM_RESPONSES = 8;

  private static final byte[] NO_CACHE = ascii("Cache-Control: no-cache\r\n\r\n");
  private static final byte[] END = ascii("\r\n");
  private static final byte[] BLOCKS = ascii("blocks/");

  private final SocketChannel channel;
  private final byte[] beforePath;
  private final byte[] afterPath;
  private final AgentLine agent;
  private final ByteBuffer request = ByteBuffer.allocateDirect(MAX_REQUEST_BYTES);
  private final ByteBuffer input = ByteBuffer.allocateDirect(MAX_HEAD_BYTES);
  private final HttpHead head = new HttpHead();

  private int exchanges;
  private boolean reusable = true;
  private boolean answered;
  private long heardNs;
  private long longestSilenceNs;
  private long longestCommonSilenceNs;
  private final LastHeard own = new LastHeard();
  private final LastHeard common;

  private HttpConnection(
      SocketChannel channel,
      UpstreamUrl url,
      @Nullable UpstreamUrl proxy,
      AgentLine agent,
      LastHeard common) {
    this.channel = channel;
    this.agent = agent;
    this.common = common;
    // A proxy is asked with the whole URL (RFC 9112, 3.2.2), an origin with the path.
    String base = proxy == null ? "" : "http://" + url.authority();
    this.beforePath = ascii("GET " + base + url.path());
    this.afterPath = ascii(" HTTP/1.1\r\nHost: " + url.authority() + "\r\n");
  }

  /**
   * Connects.
   *
   * @param proxy a forward proxy to go through, or null
   * @param agent what requests say of this machine
   * @param common shared by all connections to this upstream
   * @param exchange what the connection is for, and what may end the attempt
   * @throws IOException if nobody answers
   */
  static HttpConnection open(
      UpstreamUrl url,
      InetSocketAddress peer,
      @Nullable UpstreamUrl proxy,
      AgentLine agent,
      LastHeard common,
      Exchange exchange)
      throws IOException {
    if (peer.isUnresolved()) {
      throw new UnknownHostException("the name " + peer.getHostString() + " does not resolve");
    }
    SocketChannel channel = SocketChannel.open();
    HttpConnection connection = new HttpConnection(channel, url, proxy, agent, common);
    try {
      exchange.use(connection);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(peer);
      return connection;
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  /** From here on nothing is heard until something is. */
  void listens() {
    heardNs = System.nanoTime();
    own.hears(heardNs);
    longestSilenceNs = 0;
    longestCommonSilenceNs = 0;
  }

  /** For how long nothing was heard; any thread. */
  long silenceNs(long nowNs) {
    return own.silenceNs(nowNs);
  }

  /** The same of any connection to this upstream, since this one listens; any thread. */
  long commonSilenceNs(long nowNs) {
    return Math.min(own.silenceNs(nowNs), common.silenceNs(nowNs));
  }

  /** The longest silence of the last exchange, from its request to its last byte. */
  long longestSilenceNs() {
    return longestSilenceNs;
  }

  /** The same, where no other connection to this upstream was heard either. */
  long longestCommonSilenceNs() {
    return longestCommonSilenceNs;
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /** Whether the last answer was read to its end, and another may follow. */
  boolean isReusable() {
    return reusable && channel.isOpen();
  }

  /** Answers so far; after the first, the peer may have closed the connection in the meantime. */
  int exchanges() {
    return exchanges;
  }

  /** Whether any byte of an answer came for the last request. */
  boolean answered() {
    return answered;
  }

  void close() {
    try {
      channel.close();
    } catch (IOException ignored) {
      // Nothing is lost by a connection that does not close well.
    }
  }

  /** Asks for a block; {@link #readBody} follows. */
  void getBlock(BlockDigest digest, boolean pastCaches) throws IOException {
    request.clear();
    request.put(beforePath).put(BLOCKS);
    digest.putHex(request, 1);
    request.put((byte) '/');
    digest.putHex(request, BlockDigest.BYTES);
    exchange(pastCaches);
  }

  /** Asks for any other path below the store; {@link #readBody} follows. */
  void get(String relative, boolean pastCaches) throws IOException {
    request.clear();
    request.put(beforePath).put(ascii(relative));
    exchange(pastCaches);
  }

  private void exchange(boolean pastCaches) throws IOException {
    request.put(afterPath).put(agent.bytes()).put(pastCaches ? NO_CACHE : END).flip();
    reusable = false;
    answered = false;
    listens();
    while (request.hasRemaining()) {
      channel.write(request);
    }
    readHead();
    exchanges++;
  }

  private void readHead() throws IOException {
    input.clear().limit(HEAD_READ_BYTES);
    for (int interim = 0; interim < MAX_INTERIM_RESPONSES; interim++) {
      int headEnd;
      while ((headEnd = HttpHead.end(input)) < 0) {
        if (input.position() == MAX_HEAD_BYTES) {
          throw new IOException("its answer's head is longer than " + MAX_HEAD_BYTES + " bytes");
        }
        if (!input.hasRemaining()) {
          input.limit(MAX_HEAD_BYTES);
        }
        receive(input);
        answered = true;
      }
      head.parse(input, headEnd);
      input.flip().position(headEnd);
      if (head.status() >= 200) {
        return;
      }
      input.compact();
    }
    throw new IOException("it sends interim answers without end");
  }

  /** The status of the last answer. */
  int status() {
    return head.status();
  }

  /** Bytes of the body as the head says, or -1 where it does not. */
  long contentLength() {
    return head.contentLength();
  }

  /**
   * Reads the body into a buffer from its position on.
   *
   * @return bytes read; where the body is longer than the buffer's room, that room, and the
   *     connection is not used again
   */
  int readBody(ByteBuffer to) throws IOException {
    int start = to.position();
    boolean whole =
        switch (head.framing()) {
          case LENGTH -> readLength(to, head.contentLength());
          case CHUNKED -> readChunks(to);
          case UNTIL_CLOSE -> readUntilClose(to);
        };
    reusable = whole && head.keepsAlive();
    return to.position() - start;
  }

  /** Answers whether the whole length fitted. */
  private boolean readLength(ByteBuffer to, long length) throws IOException {
    int wanted = (int) Math.min(length, to.remaining());
    int bufferLimit = to.limit();
    to.limit(to.position() + wanted);
    int behindHead = Math.min(input.remaining(), wanted);
    to.put(to.position(), input, input.position(), behindHead);
    to.position(to.position() + behindHead);
    input.position(input.position() + behindHead);
    while (to.hasRemaining()) {
      receive(to);
    }
    to.limit(bufferLimit);
    return wanted == length;
  }

  private boolean readUntilClose(ByteBuffer to) throws IOException {
    int behindHead = Math.min(input.remaining(), to.remaining());
    to.put(to.position(), input, input.position(), behindHead);
    to.position(to.position() + behindHead);
    while (to.hasRemaining() && read(to) >= 0) {}
    return false;
  }

  /** RFC 9112, 7.1; some proxies re-frame what an origin sent with a length. */
  private boolean readChunks(ByteBuffer to) throws IOException {
    while (true) {
      long length = readChunkLength();
      if (length == 0) {
        while (readLine() > 0) {}
        return true;
      }
      if (!readLength(to, length)) {
        return false;
      }
      if (readLine() != 0) {
        throw new IOException("a chunk of its answer is longer than it says");
      }
    }
  }

  private long readChunkLength() throws IOException {
    int length = readLine();
    long value = 0;
    int digits = 0;
    for (int i = 0; i < length; i++) {
      int digit = Character.digit(line[i], 16);
      if (digit < 0) {
        break;
      }
      value = value << 4 | digit;
      digits++;
    }
    if (digits == 0 || digits > 8) {
      throw new IOException("its answer has a chunk without a length");
    }
    return value;
  }

  private static final int MAX_LINE_BYTES = 512;
  private final byte[] line = new byte[MAX_LINE_BYTES];

  /** Reads a line without its end; answers its length. */
  private int readLine() throws IOException {
    int length = 0;
    while (true) {
      if (!input.hasRemaining()) {
        input.clear();
        receive(input);
        input.flip();
      }
      byte b = input.get();
      if (b == '\n') {
        return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
      }
      if (length == MAX_LINE_BYTES) {
        throw new IOException("its answer has a line without end");
      }
      line[length++] = b;
    }
  }

  private void receive(ByteBuffer to) throws IOException {
    if (read(to) < 0) {
      throw new EOFException("it closed the connection in the middle of an answer");
    }
  }

  private int read(ByteBuffer to) throws IOException {
    int length = channel.read(to);
    long nowNs = System.nanoTime();
    long silentNs = nowNs - heardNs;
    longestSilenceNs = Math.max(longestSilenceNs, silentNs);
    longestCommonSilenceNs =
        Math.max(longestCommonSilenceNs, Math.min(silentNs, common.silenceNs(nowNs)));
    heardNs = nowNs;
    own.hears(nowNs);
    common.hears(nowNs);
    return length;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
