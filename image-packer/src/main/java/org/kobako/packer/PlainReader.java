package org.kobako.packer;

import java.nio.ByteBuffer;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockSource;
import org.kobako.block.format.FetchedBlock;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.codec.Codecs;
import org.kobako.block.format.codec.Decompressors;
import org.kobako.block.format.digest.Digester;
import org.kobako.block.format.digest.Digesters;

/** One thread's way from a source to plain bytes: fetch, verify, decompress. */
final class PlainReader {
  private final BlockSource source;
  private final FetchedBlock fetched;
  private final OffHeapBuffer plain;
  private final ByteBuffer plainView;
  private final Digester digester = Digesters.newDigester();
  private final Decompressors decompressors = Codecs.newDecompressors();

  PlainReader(BlockSource source, int maxBlockSizeBytes) {
    this.source = source;
    this.fetched = new FetchedBlock(maxBlockSizeBytes);
    this.plain = OffHeapBuffer.allocate(maxBlockSizeBytes);
    this.plainView = plain.view();
  }

  /** The plain bytes of a block, from position to limit; good until the next call. */
  ByteBuffer read(BlockTask task) throws BlockException {
    fetched.request(task.index(), task.number());
    source.fetch(fetched);
    fetched.verify(digester).decompressInto(decompressors, plain, 0);
    return plainView.clear().limit(fetched.plainLength());
  }
}
