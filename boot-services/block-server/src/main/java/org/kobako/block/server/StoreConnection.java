package org.kobako.block.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which every request so far was a {@link SimpleRequest}: where its file is there,
 * it is answered here, which costs a fraction of Jetty's way from request to handler and back. The
 * others, and the connection, become Jetty's: until it has been answered if it was simple, else for
 * good. So this knows nothing of errors, conditions and other methods; what it answers, {@link
 * BlockHandler} would answer alike.
 *
 * <p>All of it happens in the selector's thread, the disk's part too: to wake another costs more
 * than the answer. So a server has several selectors, as one that waits for a disk lets its other
 * connections wait.
 */
final class StoreConnection extends AbstractConnection implements Connection.UpgradeFrom {
  private static final ByteBuffer NOTHING = BufferUtil.EMPTY_BUFFER;

  /** Its request is on its way, or has come. */
  private static final Duration REFUSED_IDLE = Duration.ofSeconds(2);

  private final StoreConnectionFactory factory;
  private final Connector connector;
  private final FileConnection endPoint;
  private final MachineReads.OfConnection reads;
  private volatile boolean refused;
  private boolean entered;
  private @Nullable RetainableByteBuffer received;
  private ByteBuffer head = NOTHING;

  StoreConnection(StoreConnectionFactory factory, Connector connector, FileConnection endPoint) {
    super(endPoint, connector.getExecutor());
    this.factory = factory;
    this.connector = connector;
    this.endPoint = endPoint;
    this.reads =
        factory
            .reads()
            .ofConnection(((InetSocketAddress) endPoint.getRemoteSocketAddress()).getAddress());
  }

  @Override
  public void onOpen() {
    super.onOpen();
    if (entered) {
      awaitRequest(); // Jetty has answered what it was given
    } else {
      entered = true;
      factory.crowd().enter(this);
    }
  }

  /** From now on it is answered. */
  void serve() {
    awaitRequest();
  }

  /** What it asks for first, soon, is answered with a 503; then it is closed. */
  void refuse() {
    refused = true;
    endPoint.setIdleTimeout(REFUSED_IDLE.toMillis());
    awaitRequest();
  }

  FileConnection socket() {
    return endPoint;
  }

  @Override
  public void onFillable() {
    RetainableByteBuffer buffer = factory.acquireBuffer(connector);
    received = buffer;
    try {
      int length = endPoint.fill(buffer.getByteBuffer());
      if (length > 0 && refused) {
        // A head that has been read in part only would make the kernel take the answer back.
        Callback end = Callback.from(endPoint::close);
        endPoint.write(end, refusal());
      } else if (length > 0) {
        answer(buffer.getByteBuffer());
      } else if (length == 0) {
        awaitRequest();
      } else {
        close();
      }
    } catch (IOException broken) {
      close();
    } finally {
      received = null;
      buffer.release();
    }
  }

  private void awaitRequest() {
    fillInterested(
        Callback.from(
            Invocable.InvocationType.NON_BLOCKING, this::onFillable, this::onFillInterestedFailed));
  }

  /** What Jetty goes on with. */
  @Override
  public @Nullable ByteBuffer onUpgradeFrom() {
    return received == null ? null : received.getByteBuffer();
  }

  private void answer(ByteBuffer bytes) {
    Optional<SimpleRequest> request =
        connector.isShutdown()
            ? Optional.empty()
            : SimpleRequest.parse(BufferUtil.toString(bytes, StandardCharsets.ISO_8859_1));
    if (request.isPresent()) {
      if (isAnswered(request.get())) {
        return;
      }
      endPoint.lend(this);
    }
    endPoint.upgrade(factory.jettysOwn(connector, endPoint));
  }

  /** Whether the answer is on its way. */
  private boolean isAnswered(SimpleRequest request) {
    try (ServedFile file = StoreFile.open(factory.store(), request.path())) {
      if (ResponsePlan.decide(HttpMethod.GET.asString(), file.facts(), request.fields())
              instanceof ResponsePlan.FilePart part
          && part.length() > 0) {
        BodySender sender =
            new BodySender(
                file,
                part,
                endPoint,
                (last, piece, callback) -> endPoint.write(callback, takeHead(), piece),
                Callback.from(this::awaitRequest, endPoint::close),
                factory.errors(),
                Invocable.InvocationType.NON_BLOCKING);
        sender.readFirstPiece();
        reads.note(request.agent(), request.path());
        head = head(part);
        sender.iterate();
        return true;
      }
    } catch (IOException metAgain) {
      // Where Jetty's way meets it again, and finds the words for it.
    }
    return false;
  }

  private static ByteBuffer refusal() {
    ByteBuffer text = BufferUtil.toBuffer(ResponsePlan.BUSY.text());
    return BufferUtil.toBuffer(
        BufferUtil.toString(head(ResponsePlan.BUSY)) + BufferUtil.toString(text));
  }

  private static ByteBuffer head(ResponsePlan plan) {
    StringBuilder text = new StringBuilder(320);
    text.append("HTTP/1.1 ").append(plan.status()).append(' ');
    text.append(HttpStatus.getMessage(plan.status())).append("\r\nDate: ");
    text.append(HttpDate.of(System.currentTimeMillis() / 1000)).append("\r\n");
    for (HttpField field : plan.fields()) {
      text.append(field.getName()).append(": ").append(field.getValue()).append("\r\n");
    }
    return BufferUtil.toBuffer(text.append("\r\n").toString(), StandardCharsets.ISO_8859_1);
  }

  /** Before the first piece of the body; nothing is before the others. */
  private ByteBuffer takeHead() {
    ByteBuffer taken = head;
    head = NOTHING;
    return taken;
  }
}
