package org.kobako.block.server;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.kobako.block.format.StoreFiles;
import org.slf4j.LoggerFactory;

/** Makes {@link StoreConnection}s, and what takes over from them. */
final class StoreConnectionFactory extends AbstractConnectionFactory {
  private final StoreFiles store;
  private final MachineReads reads;
  private final HttpConnectionFactory jettys;
  private final Crowd crowd;
  private final DistinctErrors errors =
      new DistinctErrors(LoggerFactory.getLogger(BlockHandler.class));

  /**
   * @param store the files that they answer with
   * @param reads is told who reads what
   * @param jettys makes the connections of all other requests
   * @param crowd which all connections enter
   */
  StoreConnectionFactory(
      StoreFiles store, MachineReads reads, HttpConnectionFactory jettys, Crowd crowd) {
    super("kobako-store/http/1.1");
    this.store = store;
    this.reads = reads;
    this.jettys = jettys;
    this.crowd = crowd;
    setInputBufferSize(jettys.getInputBufferSize());
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return configure(
        new StoreConnection(this, connector, (FileConnection) endPoint), connector, endPoint);
  }

  StoreFiles store() {
    return store;
  }

  Crowd crowd() {
    return crowd;
  }

  MachineReads reads() {
    return reads;
  }

  DistinctErrors errors() {
    return errors;
  }

  /** For the head of a request; one that is longer is not a simple one. */
  RetainableByteBuffer acquireBuffer(Connector connector) {
    return connector.getByteBufferPool().acquire(getInputBufferSize(), true);
  }

  /** Takes over where a request is not for a {@link StoreConnection}. */
  Connection jettysOwn(Connector connector, EndPoint endPoint) {
    return jettys.newConnection(connector, endPoint);
  }
}
