package org.kobako.block.client.mount.fuse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.kobako.block.client.Reply;

/** A kernel of a few lines: asks what it was told to, keeps the answers, then unmounts. */
final class ScriptedDevice implements FuseDevice, FuseDevice.Port {
  private final Deque<byte[]> requests = new ArrayDeque<>();
  private final List<Answer> answers = new ArrayList<>();
  private int refusals;

  /** An answer as it arrived: its header's fields and all bytes behind. */
  record Answer(int length, int error, long unique, ByteBuffer body) {
    int bodyLength() {
      return body.capacity();
    }

    byte[] bodyBytes() {
      byte[] bytes = new byte[body.capacity()];
      body.get(0, bytes);
      return bytes;
    }
  }

  ScriptedDevice asks(byte[]... more) {
    requests.addAll(List.of(more));
    return this;
  }

  /** Takes so many answers for malformed. */
  ScriptedDevice refuses(int count) {
    refusals = count;
    return this;
  }

  List<Answer> answers() {
    return answers;
  }

  /** Asks everything and gives back the answers. */
  List<Answer> askAll(FuseFiles files, Reply reply) {
    new FuseSession(
            files, new Faults(System.getLogger("test"), "debian", System::nanoTime), this, reply)
        .run();
    return answers;
  }

  @Override
  public Port newPort() {
    return this;
  }

  @Override
  public int receive(FuseRequest request) {
    byte[] next = requests.poll();
    if (next == null) {
      return UNMOUNTED;
    }
    request.memory().bytes().put(0, next);
    return next.length;
  }

  @Override
  public void send(FuseAnswer answer, Reply reply) throws IOException {
    if (refusals > 0) {
      refusals--;
      throw new IOException("invalid argument");
    }
    ByteBuffer whole =
        ByteBuffer.allocate(answer.lengthHere() + reply.length()).order(ByteOrder.nativeOrder());
    whole.put(answer.memory().view().limit(answer.lengthHere()));
    for (int i = 0; i < reply.parts(); i++) {
      whole.put(reply.buffers()[1 + i].duplicate());
    }
    ByteBuffer body = ByteBuffer.allocate(whole.capacity() - 16).order(ByteOrder.nativeOrder());
    body.put(0, whole, 16, body.capacity());
    answers.add(new Answer(whole.getInt(0), whole.getInt(4), whole.getLong(8), body));
  }

  @Override
  public void close() {}
}
