package org.kobako.appliance.bench.storm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What one machine asked its box for over HTTP, from power-on to its login prompt, in the order in
 * which it asked.
 *
 * <p>As text, a line for each request:
 *
 * <pre>
 * CONNECTION AFTER THINK-US BYTES block N | file PATH
 * </pre>
 *
 * CONNECTION numbers the machine's connections; AFTER is the ordinal, from 0, of the request whose
 * answer was the last to end before this was asked, or - for none; THINK-US are the microseconds
 * between that end (or power-on) and this request; BYTES is the length of the answer's body; N
 * numbers the blocks in the order in which they were first asked for. Lines that begin with # say
 * which machine it was.
 *
 * @param what which machine, for people
 */
public record BootTrace(String what, List<Request> requests) {
  public static final int NONE = -1;
  static final int MAX_REQUESTS = 100_000;
  private static final int MAX_CONNECTIONS = 1000;

  /** Of a block, as block-format allows, and of a kernel or initramfs. */
  private static final int MAX_BLOCK_BYTES = 1 << 20;

  private static final int MAX_FILE_BYTES = 1 << 30;

  private static final Pattern LINE =
      Pattern.compile(
          "(?<connection>\\d{1,4}) (?<after>-|\\d{1,6}) (?<think>\\d{1,10}) (?<bytes>\\d{1,10})"
              + " (block (?<block>\\d{1,6})|file (?<path>[!-~]{1,200}))");

  /**
   * One of them.
   *
   * @param after ordinal of the request whose answer it waits for, or {@link #NONE}
   * @param thinkUs between that answer, or power-on, and this
   */
  public record Request(int connection, int after, long thinkUs, int bytes, Asked asked) {}

  /** What is asked for. */
  public sealed interface Asked {}

  /** A block of the root disk, by its ordinal among those that are read. */
  public record Block(int number) implements Asked {}

  /** Anything else: a kernel, a boot plan, an index. */
  public record BootFile(String path) implements Asked {}

  /** One that lies beside this class, compressed by gzip. */
  public static BootTrace resource(String name) throws IOException {
    InputStream file = BootTrace.class.getResourceAsStream(name + ".trace.gz");
    if (file == null) {
      throw new IOException("there is no boot trace " + name);
    }
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII))) {
      return parse(lines);
    }
  }

  /**
   * Reads the text form.
   *
   * @throws IOException with the number of the line that is not a request
   */
  static BootTrace parse(BufferedReader text) throws IOException {
    StringBuilder what = new StringBuilder();
    List<Request> requests = new ArrayList<>();
    int number = 0;
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      number++;
      if (line.startsWith("#")) {
        what.append(line.substring(1).strip()).append(' ');
      } else {
        Request request = request(line, requests.size());
        if (request == null || requests.size() == MAX_REQUESTS) {
          throw new IOException(
              "line %d of the boot trace is no request: %s".formatted(number, line));
        }
        requests.add(request);
      }
    }
    if (requests.isEmpty()) {
      throw new IOException("the boot trace has no request");
    }
    return new BootTrace(what.toString().strip(), List.copyOf(requests));
  }

  private static @Nullable Request request(String line, int ordinal) {
    Matcher fields = LINE.matcher(line);
    if (!fields.matches()) {
      return null;
    }
    int connection = Integer.parseInt(fields.group("connection"));
    int after = fields.group("after").equals("-") ? NONE : Integer.parseInt(fields.group("after"));
    long bytes = Long.parseLong(fields.group("bytes"));
    boolean ofBlock = fields.group("block") != null;
    if (connection >= MAX_CONNECTIONS
        || after >= ordinal
        || bytes == 0
        || bytes > (ofBlock ? MAX_BLOCK_BYTES : MAX_FILE_BYTES)) {
      return null;
    }
    Asked asked =
        ofBlock
            ? new Block(Integer.parseInt(fields.group("block")))
            : new BootFile(fields.group("path"));
    return new Request(
        connection, after, Long.parseLong(fields.group("think")), (int) bytes, asked);
  }

  /** What {@link #parse} reads. */
  String text() {
    StringBuilder text = new StringBuilder("# ").append(what).append('\n');
    for (Request request : requests) {
      text.append(request.connection).append(' ');
      text.append(request.after == NONE ? "-" : Integer.toString(request.after)).append(' ');
      text.append(request.thinkUs).append(' ').append(request.bytes).append(' ');
      text.append(
          switch (request.asked) {
            case Block block -> "block " + block.number;
            case BootFile file -> "file " + file.path;
          });
      text.append('\n');
    }
    return text.toString();
  }

  /**
   * From the first block on, and blocks alone: what a block client asks for. What waited for
   * something before is asked at once.
   */
  BootTrace blocksAlone() {
    Map<Integer, Integer> ordinals = new HashMap<>();
    List<Request> blocks = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      Request request = requests.get(i);
      if (request.asked instanceof Block) {
        int after = ordinals.getOrDefault(request.after, NONE);
        ordinals.put(i, blocks.size());
        blocks.add(
            new Request(
                request.connection,
                after,
                after == NONE ? 0 : request.thinkUs,
                request.bytes,
                request.asked));
      }
    }
    return new BootTrace(what, List.copyOf(blocks));
  }

  /** Of all answers. */
  public long bytes() {
    return requests.stream().mapToLong(Request::bytes).sum();
  }

  public int connections() {
    return 1 + requests.stream().mapToInt(Request::connection).max().orElseThrow();
  }

  /** How long the boot would take if every answer came at once, in seconds. */
  public double thinkSeconds() {
    long[] atUs = new long[requests.size()];
    long lastUs = 0;
    for (int i = 0; i < atUs.length; i++) {
      Request request = requests.get(i);
      atUs[i] = request.thinkUs + (request.after == NONE ? 0 : atUs[request.after]);
      lastUs = Math.max(lastUs, atUs[i]);
    }
    return lastUs / 1e6;
  }
}
